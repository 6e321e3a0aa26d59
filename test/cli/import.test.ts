import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import test from 'ava'
import { hash as bcrypt } from 'bcryptjs'
import { chunkPassword } from '../../src/application-passwords/password.ts'
import { hashArgon2id } from '../../src/crypto/argon2id.ts'
import { APPLICATION_PASSWORDS, basic, ME } from '../support/client.ts'
import { read } from '../support/markdown.ts'
import { entry, startWordPress, testWithMariaDb, type WordPress } from '../support/wordpress.ts'
import { commandLine } from './command-line.ts'

const testWordPress = await testWithMariaDb()

interface Vector {
  kind: string
  scheme: string
  password: string
  hash: string
}

const vectors: Vector[] = JSON.parse(read('test/fixtures/password-hashes.json'))
const ACCOUNT = vectors.find(({ scheme }) => scheme === '$wp$2y$')?.hash ?? ''
const uuid = (number: number) => `40e7e519-0f4d-4c0c-9f5a-${String(number).padStart(12, '0')}`
const ACCOUNT_PASSWORD = 'correct horse battery staple'

const realHash = (scheme: string, password: string): string =>
  vectors.find(vector => vector.scheme === scheme && vector.password === password)?.hash ?? ''

/** An application password with its hash in every form that WordPress, or a plugin of it, has written. */
async function forms(): Promise<{ scheme: string; password: string; hash: string }[]> {
  const [fast, old, bcrypted, argon2] = [
    'abcdEFGH1234ijklMNOP5678',
    'ZZZZZZZZZZZZZZZZZZZZZZZZ',
    'bcryptbcryptbcryptbcrypt',
    'argonargonargonargonargo',
  ]
  return [
    { scheme: '$generic$', password: fast, hash: realHash('$generic$', fast) },
    { scheme: '$P$', password: old, hash: realHash('$P$', old) },
    // As roots/wp-password-bcrypt wrote them, among others.
    { scheme: '$2y$', password: bcrypted, hash: (await bcrypt(bcrypted, 4)).replace(/^\$2[ab]\$/, '$2y$') },
    { scheme: '$argon2id$', password: argon2, hash: await hashArgon2id(argon2) },
  ]
}

/** One user for each form of hash, of the application password and of the account password. */
async function addPeople(wordpress: WordPress) {
  const all = await forms()
  const accountSchemes = ['$wp$2y$', '$P$', '$2y$', '$wp$2y$']
  await wordpress.addAll(
    all.map(({ hash }, i) => ({
      login: `user${i}`,
      pass: realHash(accountSchemes[i] ?? '', ACCOUNT_PASSWORD),
      name: `Name of ${i} ✓`,
      passwords: [
        entry({
          uuid: uuid(2 * i),
          name: 'Zäpier "ü"',
          app_id: uuid(99),
          password: hash,
          last_used: 1_750_000_000,
          last_ip: '192.0.2.7',
        }),
        entry({ uuid: uuid(2 * i + 1), name: 'never used', password: `$generic$${String(i).repeat(40)}` }),
      ],
    })),
  )
  return all
}

testWordPress(
  'import from a database: every password works over HTTP, with the UUID, the name and the times that it had',
  async t => {
    const wordpress = await startWordPress(t)
    const people = await addPeople(wordpress)
    const { ok, serve } = await commandLine(t)
    const from = `--from=${wordpress.url}`
    t.is(await ok('import', 'wordpress', from), 'Success: Imported 4 users and 8 application passwords.\n')

    const site = await serve()
    for (const [i, { scheme, password }] of people.entries()) {
      const headers = basic(`user${i}`, chunkPassword(password))
      for (const times of ['first', 'again']) {
        t.is((await site.client.get(ME, { headers })).json.name, `Name of ${i} ✓`, `${scheme} ${times}`)
      }
      t.is((await site.client.get(ME, { headers: basic(`user${i}`, `${password}9`) })).status, 401)
      await t.notThrowsAsync(site.client.login(`user${i}`, ACCOUNT_PASSWORD), scheme)
      const { json } = await site.client.rest('GET', APPLICATION_PASSWORDS)
      const unused = json.find((item: { name: string }) => item.name === 'never used')
      t.like(unused, { uuid: uuid(2 * i + 1), created: '2023-11-14T22:13:20', last_used: null, last_ip: null })
      t.like(
        json.find((item: { uuid: string }) => item.uuid === uuid(2 * i)),
        { name: 'Zäpier "ü"', app_id: uuid(99) },
      )
    }
    await site.stop()

    const list = () => ok('user', 'application-password', 'list', 'user0', '--format=json')
    const before = await list()
    t.is(
      await ok('import', 'wordpress', from),
      'Success: Imported 0 users and 0 application passwords. Already there: 4 users and 8 application passwords.\n',
    )
    t.is(await list(), before)
  },
)

testWordPress('import from a dump, gzipped or not, with another prefix and another format', async t => {
  const wordpress = await startWordPress(t, { prefix: 'blog_' })
  const people = await addPeople(wordpress)
  await wordpress.knex('blog_posts').insert({
    post_author: 1,
    post_content: "INSERT INTO `blog_users` VALUES (9,'x');\n-- it's\\",
    post_title: '',
  })
  const plain = await wordpress.dump()
  const gzipped = `${plain}.gz`
  await writeFile(gzipped, gzipSync(await readFile(plain)))
  const oneByOne = await wordpress.dump('--skip-extended-insert', '--complete-insert', '--skip-quote-names')
  for (const file of [plain, gzipped, oneByOne]) {
    const { ok, serve, fails } = await commandLine(t)
    t.regex(
      await fails('import', 'wordpress', `--from=${file}`),
      /^Error: The dump has no table wp_users\. [^\n]* blog_\.\n$/,
    )
    const said = await ok('import', 'wordpress', `--from=${file}`, '--prefix=blog_')
    t.is(said, 'Success: Imported 4 users and 8 application passwords.\n')
    if (file !== gzipped) continue
    const site = await serve()
    for (const [i, { password }] of people.entries()) {
      t.is((await site.client.get(ME, { headers: basic(`user${i}`, password) })).status, 200)
    }
    await site.stop()
  }
})

testWordPress(
  '--dry-run reports what would happen and writes nothing; rejected passwords are listed without secrets',
  async t => {
    const wordpress = await startWordPress(t)
    await wordpress.addAll([
      { login: 'ann', pass: ACCOUNT, passwords: [entry({ uuid: uuid(1), password: `$generic$${'a'.repeat(40)}` })] },
      { login: 'ANN2', email: 'Ann@example.com' },
      { login: 'bob', roles: null },
      { login: 'cid', pass: ACCOUNT, passwords: 'a:1:{i:0;s:99:"geheim' },
      { login: 'dan', roles: ['customer'], pass: 'geheim' },
      { login: 'e\u001B[2Je', pass: ACCOUNT },
      { login: 'fay', pass: ACCOUNT, passwords: [entry({ uuid: uuid(2), name: 'x\u202Ey', password: 'geheim' })] },
    ])
    const { run, ok, fails } = await commandLine(t)
    const from = `--from=${wordpress.url}`
    t.regex(await fails('import', 'wordpress', from, '--dry-run'), /^Error: No site found: /)
    await ok('migrate')
    const dry = await run(['import', 'wordpress', from, '--dry-run'])
    t.is(await ok('user', 'list', '--format=count'), '0\n')
    t.is(dry.stdout, 'Success: Would import 4 users and 1 application password. Skipped: 3 users.\n')
    const real = await run(['import', 'wordpress', from])
    t.is(real.stdout, dry.stdout.replace('Would import', 'Imported'))
    t.is(real.stderr, dry.stderr)
    t.is(real.code, 1)
    t.false(real.stderr.includes('\u001B'))
    t.notRegex(real.stderr + real.stdout, /geheim|\$generic\$/)
    const begins = real.stderr.split('\n').map(line => line.split(': ').slice(1, 4).join(': ').slice(0, 60))
    t.deepEqual(begins.filter(Boolean), [
      'ANN2: Skipped: The WordPress user 1 has the same login or em',
      'bob: Skipped: The user has no role on this site.',
      'cid: The application passwords cannot be read: a string is c',
      'dan: The role customer does not exist here. The user is impo',
      'dan: The account password is skipped: its hash has no known ',
      'e\\u001b[2Je: Skipped: The login must have 1 to 60 characters',
      'fay: Application password "x y": its name in WordPress is no',
      'fay: Application password "x y" is skipped: its hash has no ',
    ])
  },
)

test('an unreadable source is reported in one line, without the password', async t => {
  const { fails, directory } = await commandLine(t)
  await writeFile(join(directory, 'empty.sql'), '')
  await writeFile(join(directory, 'utf16.sql'), Buffer.from('\uFEFFCREATE TABLE', 'utf16le'))
  await writeFile(join(directory, 'broken.sql.gz'), Buffer.from([0x1f, 0x8b, 1, 2, 3]))
  const bad: Record<string, RegExp> = {
    'absent.sql': /does not exist/,
    'empty.sql': /no table wp_users/,
    'utf16.sql': /UTF-16/,
    'broken.sql.gz': /gzip data of the dump is corrupt/,
    '.': /directory/,
    'mysql://root:geheim@127.0.0.1:1/x': /WordPress’s database cannot be used: .*ECONNREFUSED/,
    'postgres://root:geheim@127.0.0.1/x': /as mysql:/,
    'mysql://': /WordPress’s database|named as mysql:/,
  }
  for (const [from, reason] of Object.entries(bad)) {
    const said = await fails('import', 'wordpress', `--from=${from}`)
    t.regex(said, /^Error: [^\n]+\n$/)
    t.regex(said, reason)
    t.notRegex(said, /geheim/)
  }
  t.regex(await fails('import', 'wordpress', '--from=empty.sql', '--prefix=wp-'), /^Error: The prefix must consist of/)
  t.regex(await fails('import', 'wordpress'), /^Error: required option '--from <source>' not specified/)
})
