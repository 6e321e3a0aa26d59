import test from 'ava'
import knex from 'knex'
import { createConnect, embeddedUsers } from '../../src/index.ts'
import { SECRET, startSite } from '../support/site.ts'

test('our migrations live beside the host’s: up, up again, down, in a bookkeeping table of their own', async t => {
  const { knex: database } = await startSite(t)
  const site = { url: 'https://example.com', name: 'Example' }
  const tablePrefix = 'guest_'
  const connect = await createConnect({ knex: database, site, secret: SECRET, users: embeddedUsers(), tablePrefix })

  await database.schema.createTable('users', table => table.increments('id'))
  const hosts = {
    getMigrations: async () => ['host-1'],
    getMigrationName: (name: string) => name,
    getMigration: async () => ({ up: async () => {}, down: async () => {} }),
  }
  await database.migrate.latest({ migrationSource: hosts })
  t.deepEqual(await connect.migrate(), ['0001-application-passwords', '0002-embedded-users'])
  t.deepEqual(await connect.migrate(), [])
  await connect.users.accounts.create('admin', 'password', { email: 'a@example.com' })
  const { password } = await connect.applicationPasswords.create({ id: 1, login: 'admin' }, 'x')
  t.is((await connect.verifyCredentials('admin', password, null)).method, 'application-password')

  t.deepEqual((await connect.migrateDown()).sort(), ['0001-application-passwords', '0002-embedded-users'])
  for (const table of ['guest_application_passwords', 'guest_users', 'guest_sessions'])
    t.false(await database.schema.hasTable(table))
  t.true(await database.schema.hasTable('users'))
  t.deepEqual((await database('knex_migrations')).length, 1)
  t.deepEqual(await connect.migrate(), ['0001-application-passwords', '0002-embedded-users'])
})

test('a host with users of its own gets no table of users, and may change its mind', async t => {
  const database = knex({ client: 'sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
  t.teardown(() => database.destroy())
  const site = { url: 'https://example.com', name: 'Example' }
  const own = {
    current: async () => null,
    find: async () => null,
    findByLogin: async () => null,
    loginUrl: () => '/login',
  }
  const options = { knex: database, site, secret: SECRET }
  t.deepEqual(await (await createConnect({ ...options, users: own })).migrate(), ['0001-application-passwords'])
  t.false(await database.schema.hasTable('connect_users'))
  const embedded = await createConnect({ ...options, users: embeddedUsers() })
  t.deepEqual(await embedded.migrate(), ['0002-embedded-users'])
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

test('started in several processes at once, they run once; and again later', async t => {
  const { knex: database } = await startSite(t)
  const site = { url: 'https://example.com', name: 'Example' }
  const starts = await Promise.all(
    Array.from({ length: 5 }, async () => {
      return createConnect({ knex: database, site, secret: SECRET, users: embeddedUsers(), tablePrefix: 'many_' })
    }),
  )
  const ran = await Promise.all(starts.map(connect => connect.migrate()))
  t.deepEqual(ran.flat().sort(), ['0001-application-passwords', '0002-embedded-users'])
  t.deepEqual(await starts[0]?.migrate(), [])
  t.is((await database('many_migrations_lock')).length, 1)
})
