import type { ExecutionContext } from 'ava'
import knex, { type Knex } from 'knex'
import { phpUnserializeArray } from '../../../src/transfer/php/unserialize.ts'
import { exportTo, userOf } from '../../support/exported.ts'
import { startSite } from '../../support/site.ts'
import { startWordPress, testWithMariaDb, type WordPress } from '../../support/wordpress.ts'

const testWordPress = await testWithMariaDb()

/** Once its lengths are wrong, PHP reads an object from the inside of this name. */
const OBJECT = 'AA";s:8:"password";O:6:"Gadget":1:{s:3:"cmd";s:2:"id";}s:7:"created";i:1;s:1:"a";N;s:1:"b";N;}i:1;N;}'

/** A WordPress of before 4.2, on a server whose sessions begin with this mode. */
async function oldWordPress(t: ExecutionContext, charset: string, { mode = '', engine = 'InnoDB' } = {}) {
  const wordpress = await startWordPress(t)
  for (const table of ['wp_users', 'wp_usermeta']) {
    await wordpress.knex.raw(`ALTER TABLE ${table} ENGINE = ${engine}`)
    await wordpress.knex.raw(`ALTER TABLE ${table} CONVERT TO CHARACTER SET ${charset}`)
  }
  const sessions = knex({
    client: 'mysql2',
    connection: wordpress.url,
    pool: {
      min: 1,
      max: 1,
      afterCreate: (connection: { query(sql: string, done: (error: Error | null) => void): void }, done: () => void) =>
        connection.query(`SET SESSION sql_mode = '${mode}'`, done),
    },
  })
  t.teardown(() => sessions.destroy())
  return { ...wordpress, knex: sessions }
}

const rowsOf = async ({ knex }: { knex: Knex }) => [
  await knex('wp_users').orderBy('ID'),
  await knex('wp_usermeta').orderBy('umeta_id'),
]

/** Everything serialised that is there, as PHP would read it: with true lengths to the end, and no objects. */
async function checkSerialised(t: ExecutionContext, { knex }: Pick<WordPress, 'knex'>): Promise<void> {
  for (const { meta_value } of await knex('wp_usermeta').where('meta_value', 'like', 'a:%')) {
    t.notThrows(() => phpUnserializeArray(meta_value))
  }
}

for (const charset of ['utf8mb3', 'latin1']) {
  for (const engine of ['InnoDB', 'MyISAM']) {
    testWordPress(`${charset} on ${engine}, not strict: names that would change are skipped`, async t => {
      const site = await startSite(t)
      const sam = await userOf(site, 'sam')
      for (const name of ['\u{1F600}'.repeat(80), OBJECT]) await site.connect.applicationPasswords.create(sam, name)
      await site.connect.applicationPasswords.create(await userOf(site, 'ed'), OBJECT)
      const wordpress = await oldWordPress(t, charset, { engine })

      const dry = await exportTo(site, wordpress, true)
      const moved = await exportTo(site, wordpress)
      t.deepEqual(moved, dry)
      t.deepEqual(
        moved.map(({ login, outcome, transferred }) => [login, outcome, transferred]),
        [
          ['admin', 'transferred', 0],
          ['ed', 'transferred', 1],
          ['sam', 'skipped', 0],
        ],
      )
      t.regex(
        moved[2]?.problems[0] ?? '',
        new RegExp(
          `wp_usermeta\\.meta_value has the character set ${charset} and cannot store "\u{1F600}" \\(U\\+1F600\\)`,
          'u',
        ),
      )
      t.is(await wordpress.meta('sam', 'nickname'), undefined, 'nothing of theirs is there')
      await checkSerialised(t, wordpress)
      const entries = [...phpUnserializeArray((await wordpress.meta('ed')) ?? '').values()] as Map<string, unknown>[]
      t.deepEqual(
        entries.map(entry => entry.get('name')),
        [OBJECT],
      )
    })
  }

  testWordPress(`${charset}, not strict: values that other columns would change are skipped too`, async t => {
    const site = await startSite(t)
    for (const { id } of await site.accounts.list()) await site.accounts.delete(id)
    const account = { role: 'author', registered: new Date(0), passwordHash: null, name: 'x' }
    const people = [
      { ...account, login: 'a\u{1F600}', email: 'a@example.com' },
      { ...account, login: 'b', email: 'b\u{1F600}@example.com' },
      { ...account, login: 'c', email: 'c@example.com', name: '\u{1F600}' },
      { ...account, login: 'd', email: 'd@example.com' },
    ]
    for (const person of people) await site.accounts.import(person)
    const wordpress = await oldWordPress(t, charset)
    const moved = await exportTo(site, wordpress)
    t.deepEqual(
      moved.map(({ outcome }) => outcome),
      ['skipped', 'skipped', 'skipped', 'transferred'],
    )
    const column = (at: number) => /column (\S+)/.exec(moved[at]?.problems[0] ?? '')?.[1]
    t.deepEqual([0, 1, 2].map(column), ['wp_users.user_login', 'wp_users.user_email', 'wp_users.display_name'])
    t.is((await wordpress.knex('wp_users')).length, 1)
  })
}

testWordPress('utf8mb3 accepts the characters that it supports', async t => {
  const site = await startSite(t)
  await site.connect.applicationPasswords.create(await userOf(site, 'sam'), 'Zäpier 日本 "ü"')
  const wordpress = await oldWordPress(t, 'utf8mb3')
  t.like((await exportTo(site, wordpress))[2], { outcome: 'transferred', transferred: 1 })
  t.regex((await wordpress.meta('sam')) ?? '', /s:19:"Zäpier 日本 "ü"";/)
})

testWordPress(
  'latin1 accepts only ASCII in serialized values: WordPress’s own connection may read the rest differently',
  async t => {
    const site = await startSite(t)
    await site.connect.applicationPasswords.create(await userOf(site, 'sam'), 'ü'.repeat(10))
    const wordpress = await oldWordPress(t, 'latin1')
    t.like((await exportTo(site, wordpress))[2], { outcome: 'skipped' })
  },
)

testWordPress('values that the database itself changes are rolled back and reported', async t => {
  const site = await startSite(t)
  await site.connect.applicationPasswords.create(await userOf(site, 'sam'), 'Zapier')
  const wordpress = await startWordPress(t)
  await wordpress.knex.raw(
    `CREATE TRIGGER shorten BEFORE INSERT ON wp_usermeta FOR EACH ROW SET NEW.meta_value = REPLACE(NEW.meta_value, 'Zapier', '?')`,
  )
  const [admin, , sam] = await exportTo(site, wordpress)
  t.is(admin?.outcome, 'transferred')
  t.like(sam, {
    outcome: 'skipped',
    problems: ['Skipped: WordPress’s column wp_usermeta.meta_value changes the value that is written to it.'],
  })
  t.deepEqual(await wordpress.knex('wp_users').where({ user_login: 'sam' }), [])
})

testWordPress('a value too long for a shortened column skips only that user', async t => {
  const site = await startSite(t)
  await site.connect.applicationPasswords.create(await userOf(site, 'sam'), 'x'.repeat(200))
  const wordpress = await oldWordPress(t, 'utf8mb4')
  await wordpress.knex.raw('ALTER TABLE wp_usermeta MODIFY meta_value varchar(300)')
  const moved = await exportTo(site, wordpress)
  t.deepEqual(
    moved.map(({ outcome }) => outcome),
    ['transferred', 'transferred', 'skipped'],
  )
  t.regex(moved[2]?.problems[0] ?? '', /stores at most 300 characters/)
})

testWordPress(
  'the session mode is restored, and with NO_BACKSLASH_ESCAPES no text can break out of its quotes',
  async t => {
    const site = await startSite(t)
    for (const { id } of await site.accounts.list()) await site.accounts.delete(id)
    const email = "x'or'1'='1@example.com"
    await site.accounts.import({
      login: "o'hara",
      email,
      role: 'author',
      registered: new Date(0),
      passwordHash: null,
      name: "O'Hara \\",
    })
    const wordpress = await oldWordPress(t, 'utf8mb4', { mode: 'NO_BACKSLASH_ESCAPES' })
    await wordpress.add({ login: 'bystander', email: 'by@example.com' })
    const before = await rowsOf(wordpress)
    t.like(await exportTo(site, wordpress), [{ outcome: 'transferred' }])
    t.like(await wordpress.knex('wp_users').orderBy('ID', 'desc').first(), {
      user_email: email,
      display_name: "O'Hara \\",
    })
    t.is((await wordpress.knex('wp_users')).length, (before[0]?.length ?? 0) + 1)
    const [[{ mode }]] = await wordpress.knex.raw('SELECT @@SESSION.sql_mode AS mode')
    t.is(mode, 'NO_BACKSLASH_ESCAPES')
  },
)
