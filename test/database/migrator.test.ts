import test, { type ExecutionContext } from 'ava'
import type { Knex } from 'knex'
import { createConnect, embeddedUsers, type Users } from '../../src/index.ts'
import { openDatabase } from '../../src/server/database.ts'
import { freshDatabase } from '../support/database.ts'
import { SECRET, startSite } from '../support/site.ts'

const OURS = [
  '0001-application-passwords',
  '0002-embedded-users',
  '0003-oauth',
  '0004-application-password-imports',
  '0005-throttle',
  '0006-introduced-clients',
  '0007-token-uses-and-algorithms',
  '0008-log-in-times',
  '0009-pending-requests',
  '0010-user-changes',
  '0011-client-owners',
]
const TABLES = [
  'application_passwords',
  'users',
  'sessions',
  'oauth_clients',
  'oauth_grants',
  'oauth_tokens',
  'oauth_interactions',
  'oauth_signing_keys',
  'application_password_imports',
  'throttle',
  'oauth_assertions',
  'oauth_documents',
  'user_changes',
]

function open(t: ExecutionContext, url: string): Knex {
  const database = openDatabase(url)
  t.teardown(() => database.destroy())
  return database
}

async function connectTo(t: ExecutionContext, knex: Knex, tablePrefix = 'connect_') {
  const connect = await createConnect({
    knex,
    site: { url: 'https://example.com', name: 'Example' },
    secret: SECRET,
    users: embeddedUsers(),
    oauth: { scopes: { posts: 'View and manage posts' } },
    throttle: 'database',
    tablePrefix,
  })
  t.teardown(() => connect.close())
  return connect
}

async function tablesThere(knex: Knex, prefix = 'connect_'): Promise<string[]> {
  const there = []
  for (const name of TABLES) if (await knex.schema.hasTable(prefix + name)) there.push(name)
  return there
}

test('an empty database: up twice, in use, down twice, and up again', async t => {
  const database = open(t, await freshDatabase(t))
  const connect = await connectTo(t, database)
  t.deepEqual(await connect.migrate(), OURS)
  t.deepEqual(await tablesThere(database), TABLES)
  t.deepEqual(await connect.migrate(), [])

  await connect.users.accounts.create('admin', 'password', { email: 'a@example.com' })
  const { password } = await connect.applicationPasswords.create({ id: 1, login: 'admin' }, 'x')
  t.is((await connect.verifyCredentials('admin', password, null)).method, 'application-password')

  t.deepEqual(await connect.migrateDown(), OURS.toReversed())
  t.deepEqual(await tablesThere(database), [])
  t.deepEqual(await connect.migrateDown(), [])
  t.deepEqual(await connect.migrate(), OURS)
  t.is(await connect.users.accounts.count(), 0)
})

/** A host with migrations, tables and rows of its own; some have the names of ours without their prefix. */
const HOSTS_TABLES = ['users', 'sessions', 'application_passwords', 'migrations']
const hostsMigrations: Knex.MigrationSource<string> = {
  getMigrations: async () => HOSTS_TABLES,
  getMigrationName: name => `${name}.js`,
  getMigration: async name => ({
    async up(knex) {
      await knex.schema.createTable(name, table => {
        table.increments('id')
        table.string('title').notNullable().unique()
      })
      await knex(name).insert([{ title: `${name}, the first` }, { title: 'Ünïcode ✓' }])
    },
    down: knex => knex.schema.dropTable(name),
  }),
}

async function rowsOfHost(knex: Knex): Promise<Record<string, unknown>> {
  const tables = [...HOSTS_TABLES, 'knex_migrations', 'knex_migrations_lock']
  const rows = tables.map(async table => [table, await knex(table).select()] as const)
  return Object.fromEntries(await Promise.all(rows))
}

for (const prefix of ['connect_', 'guest_']) {
  test(`a host’s tables, rows and migration records stay unchanged, next to ${prefix}…`, async t => {
    const database = open(t, await freshDatabase(t))
    const hosts = { migrationSource: hostsMigrations }
    await database.migrate.latest(hosts)
    const before = await rowsOfHost(database)
    const connect = await connectTo(t, database, prefix)

    t.deepEqual(await connect.migrate(), OURS)
    t.deepEqual(await rowsOfHost(database), before)
    t.deepEqual((await database.migrate.latest(hosts))[1], [], 'nor does the host’s Knex see ours')
    t.deepEqual(await connect.migrateDown(), OURS.toReversed())
    t.deepEqual(await tablesThere(database, prefix), [])
    t.deepEqual(await rowsOfHost(database), before)

    await connect.migrate()
    await database.migrate.rollback(hosts, true)
    t.deepEqual(await tablesThere(database, prefix), TABLES)
  })
}

test('a host with its own users gets no users table, and may switch to embedded users and back', async t => {
  const database = open(t, await freshDatabase(t))
  const site = { url: 'https://example.com', name: 'Example' }
  const own: Users = {
    current: async () => null,
    find: async () => null,
    findByLogin: async () => null,
    loginUrl: () => '/login',
  }
  const options = { knex: database, site, secret: SECRET }
  t.deepEqual(await (await createConnect({ ...options, users: own })).migrate(), [
    '0001-application-passwords',
    '0004-application-password-imports',
    '0010-user-changes',
  ])
  t.false(await database.schema.hasTable('connect_users'))
  const embedded = await createConnect({ ...options, users: embeddedUsers() })
  t.deepEqual(await embedded.migrate(), ['0002-embedded-users', '0008-log-in-times'])
  t.deepEqual(await (await createConnect({ ...options, users: own })).migrate(), [])
})

test('look-up values are unique and compared byte by byte', async t => {
  const { knex: database } = await startSite(t)
  const row = (uuid: string, lookup: string) => ({ uuid, user_id: '1', name: 'x', lookup, hash: lookup, created: 1 })
  await database('connect_application_passwords').insert(row('u1', '$generic$abc'))
  await t.notThrowsAsync(async () => database('connect_application_passwords').insert(row('u2', '$generic$ABC')))
  await t.throwsAsync(async () => database('connect_application_passwords').insert(row('u3', '$generic$abc')))
  t.is((await database('connect_application_passwords').where({ lookup: '$generic$Abc' })).length, 0)
})

test('migrations started many times at once run once; later starts run none', async t => {
  const database = open(t, await freshDatabase(t))
  for (const prefix of ['first_', 'second_', 'third_']) {
    const starts = await Promise.all(Array.from({ length: 5 }, () => connectTo(t, database, prefix)))
    const ran = await Promise.all(starts.map(connect => connect.migrate()))
    t.deepEqual(ran.flat(), OURS)
    t.deepEqual(await starts[0]?.migrate(), [])
    t.is((await database(`${prefix}migrations_lock`)).length, 1)
    t.is((await database(`${prefix}migrations`)).length, OURS.length)
  }
})
