import { randomUUID } from 'node:crypto'
import test, { type ExecutionContext } from 'ava'
import { generatePassword } from '../../../src/application-passwords/password.ts'
import { fastHash, loadFastHash } from '../../../src/crypto/fast-hash.ts'
import { importUsers } from '../../../src/transfer/import/import-users.ts'
import { readWordPress } from '../../../src/transfer/import/read-wordpress.ts'
import type { WordPressUser } from '../../../src/transfer/import/wordpress-user.ts'
import type { TransferResult } from '../../../src/transfer/result.ts'
import { basic, ME } from '../../support/client.ts'
import { startSite } from '../../support/site.ts'
import { entry, startWordPress, testWithMariaDb, type WordPressPerson } from '../../support/wordpress.ts'

const testWordPress = await testWithMariaDb()
test.before(loadFastHash)

testWordPress('1,000 users with 5,000 application passwords, from the database and from a dump', async t => {
  t.timeout(180_000)
  const wordpress = await startWordPress(t)
  const secrets = new Map<string, string>()
  const people: WordPressPerson[] = Array.from({ length: 1000 }, (_, i) => ({
    login: `user${i}`,
    pass: '$wp$2y$10$BWSWPrkAaZnDWD8kmlix1.g0mnKV.6jAJsO.fMbk2v9zsudYC2iVS',
    name: `Üser №${i}`,
    roles: [['administrator', 'editor', 'author', 'contributor', 'subscriber'][i % 5] as string],
    passwords: Array.from({ length: 5 }, (_, j) => {
      const password = generatePassword()
      if (j === 3) secrets.set(`user${i}`, password)
      return entry({ uuid: randomUUID(), name: `App ${j} "ü"`, password: fastHash(password) })
    }),
  }))
  await wordpress.addAll(people)
  const dump = await wordpress.dump()
  for (const source of [{ knex: wordpress.knex }, { dump }]) {
    const site = await startSite(t)
    const {
      accounts,
      connect: { applicationPasswords },
    } = site
    let statements = 0
    site.knex.on('query', () => statements++)
    let users = 0
    let passwords = 0
    for await (const each of importUsers({ accounts, applicationPasswords }, readWordPress(source), {
      dryRun: false,
    })) {
      t.deepEqual(each.problems, [])
      users++
      passwords += each.transferred
    }
    t.deepEqual([users, passwords], [1000, 5000])
    t.true(statements < 12 * users, `${statements} statements`)
    const client = await site.client()
    for (const login of ['user0', 'user999']) {
      t.is(
        (await client.get(ME, { headers: basic(login, secrets.get(login) ?? '') })).json.name,
        `Üser №${login.slice(4)}`,
      )
    }
  }
})

const ACCOUNT_HASH = '$wp$2y$10$BWSWPrkAaZnDWD8kmlix1.g0mnKV.6jAJsO.fMbk2v9zsudYC2iVS'

let people = 0

const person = (login: string, more: Partial<WordPressUser> = {}): WordPressUser => ({
  id: String(++people),
  login,
  email: `${login}@wp.example`,
  name: login,
  registered: new Date('2021-03-04T05:06:07Z'),
  passwordHash: ACCOUNT_HASH,
  roles: ['author'],
  isBarred: false,
  applicationPasswords: [],
  problems: [],
  ...more,
})

const credential = (more: Partial<WordPressUser['applicationPasswords'][number]> = {}) => ({
  uuid: randomUUID(),
  name: 'Zapier',
  hash: fastHash(generatePassword()),
  appId: '',
  created: 1_700_000_000,
  lastUsed: null,
  lastIp: null,
  ...more,
})

/** A site with admin, ed and sam, and what imports these people into it. */
async function siteToImportTo(t: ExecutionContext) {
  const site = await startSite(t)
  const { accounts } = site
  const { applicationPasswords } = site.connect
  async function run(people: WordPressUser[], dryRun = false): Promise<TransferResult[]> {
    const moved: TransferResult[] = []
    const given = (async function* () {
      yield* people
    })()
    for await (const user of importUsers({ accounts, applicationPasswords }, given, { dryRun })) moved.push(user)
    return moved
  }
  const all = async () => ({
    users: await site.knex('connect_users').orderBy('id'),
    passwords: await site.knex('connect_application_passwords').orderBy('id'),
    imports: await site.knex('connect_application_password_imports').orderBy('uuid'),
  })
  return { site, run, all }
}

test('a user is imported with all of their data', async t => {
  const { site, run } = await siteToImportTo(t)
  const one = credential({ appId: randomUUID(), lastUsed: 1_750_000_000, lastIp: '192.0.2.7' })
  const [moved] = await run([person('jürgen', { name: 'Jürgen M.', roles: ['editor'], applicationPasswords: [one] })])
  t.deepEqual(moved, { login: 'jürgen', outcome: 'transferred', transferred: 1, existing: 0, problems: [] })
  const user = await site.accounts.findByLogin('jurgen')
  t.like(user, { login: 'jürgen', email: 'jürgen@wp.example', name: 'Jürgen M.', roles: ['editor'] })
  t.deepEqual(user?.registered, new Date('2021-03-04T05:06:07Z'))
  t.deepEqual(user && (await site.connect.applicationPasswords.export(user)), [one])
})

test('a user who is deleted right after the import found them gets no application passwords', async t => {
  const { site, all } = await siteToImportTo(t)
  const sam = await site.accounts.findByLogin('sam')
  const accounts = {
    ...site.accounts,
    async findByLogin(name: string) {
      const found = await site.accounts.findByLogin(name)
      if (name === 'sam') await site.accounts.delete(found?.id ?? '')
      return found
    },
  }
  const people = (async function* () {
    yield person('sam', { email: sam?.email ?? '', roles: ['subscriber'], applicationPasswords: [credential()] })
  })()
  const { applicationPasswords } = site.connect
  const moved = importUsers({ accounts, applicationPasswords }, people, { dryRun: false })
  t.deepEqual((await moved.next()).value.problems, ['Skipped: The user was deleted during the import.'])
  t.deepEqual((await all()).passwords, [])
})

test('a second run changes nothing, and a dry run writes nothing; both say so', async t => {
  const { run, all } = await siteToImportTo(t)
  const people = [person('ann', { applicationPasswords: [credential(), credential()] }), person('bob')]
  const before = await all()
  const dry = await run(people, true)
  t.deepEqual(await all(), before)
  t.deepEqual(await run(people), dry, 'the dry run said what would happen')
  const after = await all()
  const again = await run(people)
  t.deepEqual(await all(), after)
  t.deepEqual(
    again.map(({ outcome, transferred, existing, problems }) => ({ outcome, transferred, existing, problems })),
    [
      { outcome: 'existing', transferred: 0, existing: 2, problems: [] },
      { outcome: 'existing', transferred: 0, existing: 0, problems: [] },
    ],
  )
})

test('a second run imports what WordPress has added since; a password revoked here does not return', async t => {
  const { site, run } = await siteToImportTo(t)
  const [old, late] = [credential({ name: 'old' }), credential({ name: 'late' })]
  await run([person('ann', { applicationPasswords: [old] })])
  const ann = await site.accounts.findByLogin('ann')
  if (ann) await site.connect.applicationPasswords.revoke(ann, old.uuid)
  const [again] = await run([person('ann', { applicationPasswords: [old, late] })])
  t.like(again, { outcome: 'existing', transferred: 1, existing: 0 })
  t.deepEqual(again?.problems, [
    'Application password "old" is skipped: it was imported before, and then revoked here.',
  ])
  const list = ann ? await site.connect.applicationPasswords.list(ann) : []
  t.deepEqual(
    list.map(({ name }) => name),
    ['late'],
  )
})

const REFUSED: Record<string, [WordPressUser, RegExp]> = {
  'no login': [person('', { email: 'x@wp.example' }), /no login/],
  'a colon in the login': [person('a:b'), /no colon/],
  'a NUL in the login': [person('a\0b'), /no colon/],
  'a NUL in the e-mail address': [person('x', { email: 'a\0@wp.example' }), /not an email address/],
  'no e-mail address': [person('x', { email: '' }), /no email address/],
  'no real e-mail address': [person('x', { email: 'nowhere' }), /not an email address/],
  'no role on this site': [person('x', { roles: [] }), /no role on this site/],
  'marked as spam': [person('x', { isBarred: true }), /marked as spam/],
  'the login of somebody else': [person('SAM', { email: 'other@wp.example' }), /user \d+ has the same login or email/],
  'the address of somebody else': [person('x', { email: 'Sam@Example.com' }), /user \d+ has the same login or email/],
  'a login that is somebody’s address': [person('sam@example.com'), /user \d+ has the same login or email/],
  'an administrator here, a subscriber there': [
    person('admin', { email: 'admin@example.com', roles: ['subscriber'] }),
    /higher role: administrator here, subscriber in WordPress/,
  ],
}
for (const [what, [given, reason]] of Object.entries(REFUSED)) {
  test(`skipped and reported: ${what}`, async t => {
    const { run, all } = await siteToImportTo(t)
    const before = await all()
    const people = [{ ...given, applicationPasswords: [credential()] }]
    const [moved] = await run(people)
    t.like(moved, { outcome: 'skipped', transferred: 0 })
    t.regex(moved?.problems[0] ?? '', /^Skipped: /)
    t.regex(moved?.problems[0] ?? '', reason)
    t.deepEqual(await all(), before)
    t.deepEqual(await run(people, true), [moved], 'and so does a dry run')
  })
}

test('a subscriber with thousands of application passwords does not stop the import of others', async t => {
  t.timeout(180_000)
  const { run } = await siteToImportTo(t)
  const thousands = Array.from({ length: 5_500 }, () => credential())
  const people = [
    person('mallory', { applicationPasswords: [...thousands, ...thousands.slice(0, 1)] }),
    person('alice', { applicationPasswords: [credential()] }),
  ]
  t.like(await run(people, true), [{ transferred: 5_500 }, { outcome: 'transferred', transferred: 1 }])
  const [mallory, alice] = await run(people)
  t.like(mallory, { outcome: 'transferred', transferred: 5_500 })
  t.deepEqual(mallory?.problems, ['Application password "Zapier" is skipped: another one has its UUID or its hash.'])
  t.like(alice, { outcome: 'transferred', transferred: 1, problems: [] })
  t.like(await run(people), [
    { transferred: 0, existing: 5_500 },
    { outcome: 'existing', existing: 1 },
  ])
})

test('of two users with the same address, or two equal credentials, the first one is imported', async t => {
  const { run, site } = await siteToImportTo(t)
  const shared = credential()
  const people = [
    person('ann', { applicationPasswords: [shared] }),
    person('bob', { email: 'ANN@wp.example' }),
    person('cid', { applicationPasswords: [{ ...shared, uuid: randomUUID() }, credential()] }),
  ]
  const dry = await run(people, true)
  const moved = await run(people)
  t.deepEqual(moved, dry)
  t.deepEqual(
    moved.map(({ outcome, transferred }) => [outcome, transferred]),
    [
      ['transferred', 1],
      ['skipped', 0],
      ['transferred', 1],
    ],
  )
  t.regex(moved[1]?.problems[0] ?? '', /The WordPress user \d+ has the same/)
  t.regex(moved[2]?.problems[0] ?? '', /"Zapier" is skipped: another one has its UUID or its hash/)
  t.is(await site.accounts.findByLogin('bob'), null)
})

test('imported as far as possible: an unknown role, a hash in an unknown format, another name', async t => {
  const { run, site } = await siteToImportTo(t)
  const md5 = '5f4dcc3b5aa765d61d8327deb882cf99'
  const [moved] = await run([
    person('ann', {
      roles: ['shop_manager'],
      passwordHash: md5,
      name: 'An\u202En',
      applicationPasswords: [
        credential({ name: 'bad', hash: md5 }),
        credential({ name: 'slow', hash: `$P$O${'x'.repeat(30)}` }),
      ],
    }),
  ])
  t.like(moved, { outcome: 'transferred', transferred: 0 })
  t.deepEqual(moved?.problems, [
    'The role shop_manager does not exist here. The user is imported as subscriber.',
    'The display name in WordPress is not valid here and was changed.',
    'The account password is skipped: its hash has no known form, or costs too much to check. Set a new one with user update.',
    'Application password "bad" is skipped: its hash has no known form, or costs too much to check.',
    'Application password "slow" is skipped: its hash has no known form, or costs too much to check.',
  ])
  t.like(await site.accounts.findByLogin('ann'), { name: 'Ann', roles: ['subscriber'] })
  for (const pwd of ['*', '', 'password', md5]) {
    const { status } = await (await site.client()).send('POST', '/wp-login.php', { form: { log: 'ann', pwd } })
    t.not(status, 302, 'nobody logs in without a hash')
  }
})

test('at most 100 rejected application passwords are listed per user, in addition to reading problems', async t => {
  const { run } = await siteToImportTo(t)
  const one = credential()
  const applicationPasswords = Array.from({ length: 151 }, () => one)
  const [moved] = await run([person('ann', { applicationPasswords, problems: ['Found before.'] })])
  t.like(moved, { outcome: 'transferred', transferred: 1 })
  t.is(moved?.problems.length, 102)
  t.is(moved?.problems[0], 'Found before.')
  t.is(moved?.problems[101], 'And 50 more.')
})
