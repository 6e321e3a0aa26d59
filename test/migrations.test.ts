import test from 'ava'
import { createConnect, embeddedUsers, OptionsError } from '../src/index.ts'
import { connectMigrations } from '../src/migrations.ts'
import { openDatabase } from '../src/server/database.ts'
import { freshDatabase } from './support/database.ts'
import { SECRET } from './support/site.ts'

const users = { current: async () => null, find: async () => null, findByLogin: async () => null, loginUrl: () => '/' }

test('a host’s own Knex makes what connect.migrate() would, and either undoes the other’s', async t => {
  const knex = openDatabase(await freshDatabase(t))
  t.teardown(() => knex.destroy())
  const site = { url: 'https://example.com', name: 'Example' }
  const base = { knex, site, secret: SECRET }
  const oauth = { scopes: { posts: 'Posts' } }
  const cases = [
    [{}, await createConnect({ ...base, users })],
    [{ oauth: true, tablePrefix: 'other_' }, await createConnect({ ...base, users, oauth, tablePrefix: 'other_' })],
    [
      { embeddedUsers: true, oauth: true, throttle: true, tablePrefix: 'guest_' },
      await createConnect({ ...base, users: embeddedUsers(), oauth, throttle: 'database', tablePrefix: 'guest_' }),
    ],
  ] as const
  for (const [options, connect] of cases) {
    const config = connectMigrations(options)
    const [, ran] = await knex.migrate.latest(config)
    t.deepEqual(await connect.migrate(), [])
    t.deepEqual((await connect.migrateDown()).toReversed(), ran)
    t.deepEqual(await connect.migrate(), ran)
    t.deepEqual((await knex.migrate.latest(config))[1], [])
    t.deepEqual((await knex.migrate.rollback(config, true))[1].toReversed(), ran)
    await connect.close()
  }
})

test('a bad option is refused by name', t => {
  const refused = (options: object, message: RegExp) =>
    t.throws(() => connectMigrations(options), { instanceOf: OptionsError, message })
  refused({ tablePrefix: 'a b' }, /connectMigrations: tablePrefix: expected .*given: "a b"/)
  refused({ oauth: { scopes: {} } }, /oauth: expected true or false \(given: an object\)/)
  refused({ throttle: 'database' }, /throttle: expected true or false \(given: "database"\)/)
  refused({ users: true }, /users: unknown option/)
})
