import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { fastHash, loadFastHash } from '../../../src/crypto/fast-hash.ts'
import { phpass } from '../../../src/crypto/phpass.ts'
import { type Connect, createConnect, type User, type Users } from '../../../src/index.ts'
import { openDatabase } from '../../../src/server/database.ts'
import { phpSerialize } from '../../../src/transfer/php/serialize.ts'
import { readWordPress, type WordPressUser } from '../../../src/transfer.ts'
import { freshDatabase } from '../../support/database.ts'
import { block } from '../../support/markdown.ts'
import { SECRET } from '../../support/site.ts'

test.before(loadFastHash)

const TABLES =
  'CREATE TABLE `wp_users` (`ID` bigint, `user_login` varchar(60), `user_pass` varchar(255), `user_email` varchar(100), `user_registered` datetime, `display_name` varchar(250));\n' +
  'CREATE TABLE `wp_usermeta` (`umeta_id` bigint, `user_id` bigint, `meta_key` varchar(255), `meta_value` longtext);\n'

/** A dump with ann, an editor with two application passwords, and bob, who has no role. */
async function dumpFile(t: ExecutionContext): Promise<string> {
  const entries = [
    ['new', fastHash('abcdEFGH1234ijklMNOP5678')],
    ['old', await phpass('ZZZZZZZZZZZZZZZZZZZZZZZZ', '$P$BGA6kbVLD')],
    ['bad', 'no hash'],
  ].map(([name = '', password = ''], i) => {
    const members = { uuid: randomUUID(), app_id: '', name, password, created: 5, last_used: null, last_ip: null }
    return [i, new Map(Object.entries(members))] as const
  })
  const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  const metas = [
    [1, 1, 'wp_capabilities', phpSerialize(new Map([['editor', true]]))],
    [2, 1, '_application_passwords', phpSerialize(new Map(entries))],
  ].map(([id, user, key, value]) => `(${id},${user},'${key}',${quoted(String(value))})`)
  const users = ['ann', 'bob'].map(
    (login, i) => `(${i + 1},'${login}','*','${login}@example.com','2021-03-04 05:06:07','${login}')`,
  )
  const directory = await mkdtemp(join(tmpdir(), 'koa-wp-connect-host-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const file = join(directory, 'wordpress.sql')
  await writeFile(
    file,
    `${TABLES}INSERT INTO \`wp_usermeta\` VALUES ${metas.join()};\nINSERT INTO \`wp_users\` VALUES ${users.join()};\n`,
  )
  return file
}

type ImportUsers = (
  connect: Connect,
  dump: string,
  findOrMake: (person: WordPressUser) => Promise<User | null>,
) => Promise<string[]>

/** The example of the documents, as a function. */
function exampleOfTheDocuments(): ImportUsers {
  const code = block('docs/features/import-from-wordpress.md', 'ts', 'readWordPress(')
  const [, body = ''] = /importUsers\([^{]*\{\n(.*)^\}$/ms.exec(code) ?? []
  const plain = body.replace('const problems: string[]', 'const problems')
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  const run = new AsyncFunction('readWordPress', 'connect', 'dump', 'findOrMake', plain)
  return (connect, dump, findOrMake) => run(readWordPress, connect, dump, findOrMake)
}

test('a host with UUIDs maps the users of a WordPress to its own', async t => {
  const people = new Map<string, User>()
  const users: Users = {
    current: async () => null,
    find: async id => people.get(id) ?? null,
    findByLogin: async login => [...people.values()].find(person => person.login === login) ?? null,
    loginUrl: () => '/login',
  }
  const knex = openDatabase(await freshDatabase(t))
  t.teardown(() => knex.destroy())
  const site = { url: 'https://host.example', name: 'Host' }
  const connect = await createConnect({ knex, site, secret: SECRET, users, tablePrefix: 'guest_' })
  await connect.migrate()

  const findOrMake = async ({ login, email, roles }: WordPressUser) => {
    const known = await users.findByLogin(login)
    const user = known ?? { id: randomUUID(), login, email, roles }
    people.set(String(user.id), user)
    return user
  }
  const importUsers = exampleOfTheDocuments()
  const dump = await dumpFile(t)
  const expected = ['ann: bad: its hash has no known form, or costs too much to check']
  t.deepEqual(await importUsers(connect, dump, findOrMake), expected)
  t.deepEqual(await importUsers(connect, dump, findOrMake), expected, 'and again')

  t.deepEqual(
    [...people.values()].map(({ login }) => login),
    ['ann'],
    'nobody without a role',
  )
  const [ann] = people.values()
  for (const password of ['abcd EFGH 1234 ijkl MNOP 5678', 'ZZZZ ZZZZ ZZZZ ZZZZ ZZZZ ZZZZ']) {
    t.deepEqual((await connect.verifyCredentials('ann', password, null)).user, ann)
  }
  const list = ann ? await connect.applicationPasswords.list(ann) : []
  t.deepEqual(
    list.map(({ name, created, userId }) => ({ name, created, userId })),
    [
      { name: 'new', created: 5, userId: ann?.id },
      { name: 'old', created: 5, userId: ann?.id },
    ],
  )
})

test('import() checks everything that a host passes', async t => {
  const knex = openDatabase(await freshDatabase(t))
  t.teardown(() => knex.destroy())
  const users: Users = {
    current: async () => null,
    find: async () => null,
    findByLogin: async () => null,
    loginUrl: () => '/',
  }
  const site = { url: 'https://host.example', name: 'Host' }
  const { applicationPasswords, migrate } = await createConnect({ knex, site, secret: SECRET, users })
  await migrate()
  const user = { id: randomUUID(), login: 'ann' }
  const good = () => ({
    uuid: randomUUID(),
    name: 'Zapier',
    hash: fastHash(randomUUID()),
    appId: '',
    created: 5,
    lastUsed: null,
    lastIp: null,
  })
  const one = good()
  const wrong = [
    { ...good(), uuid: one.uuid },
    { ...good(), hash: one.hash },
    { ...good(), uuid: 'x\0' },
    { ...good(), hash: 'plain' },
    { ...good(), name: '' },
    { ...good(), name: '<b>x' },
    { ...good(), name: 'x'.repeat(201) },
    { ...good(), appId: 'x' },
    { ...good(), created: -1 },
    { ...good(), created: 1.5 },
    { ...good(), created: 2 ** 53 - 1 },
    { ...good(), lastUsed: 253_402_300_800 },
    { ...good(), lastUsed: Number.NaN },
    { ...good(), lastIp: 'localhost' },
    { ...good(), lastIp: `fe80::1%${'a'.repeat(40)}` },
  ]
  const { imported, present, refused } = await applicationPasswords.import(user, [one, ...wrong])
  t.deepEqual([imported, present, refused.length], [1, 0, wrong.length])
  t.is((await applicationPasswords.list(user)).length, 1)
  const others = await applicationPasswords.import({ id: randomUUID(), login: 'bob' }, [
    one,
    { ...good(), hash: one.hash },
  ])
  t.deepEqual(
    others.refused.map(({ reason }) => reason),
    ['another one has its UUID', 'another one has its hash'],
  )
  t.deepEqual(await applicationPasswords.export(user), [one])
  await t.throwsAsync(applicationPasswords.import({ id: 'no id', login: 'x' }, [one]), { instanceOf: TypeError })
  await t.throwsAsync(applicationPasswords.import(null, [one]), { instanceOf: TypeError })
})
