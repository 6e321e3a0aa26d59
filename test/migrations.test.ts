import test from 'ava'
import { tokenUsesAndAlgorithms } from '../migrations/0007-token-uses-and-algorithms.js'
import { clientOwners } from '../migrations/0011-client-owners.js'
import { createDatabase } from '../src/database/database.ts'
import { migrationTools } from '../src/database/migrator.ts'
import { createConnect, embeddedUsers, OptionsError } from '../src/index.ts'
import { connectMigrations } from '../src/migrations.ts'
import { openDatabase } from '../src/server/database.ts'
import { freshDatabase } from './support/database.ts'
import { SECRET } from './support/site.ts'

const users = { current: async () => null, find: async () => null, findByLogin: async () => null, loginUrl: () => '/' }

test('a host’s own Knex runs the same migrations as connect.migrate(), and each can undo the other’s', async t => {
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

test('a bad option is rejected by name', t => {
  const refused = (options: object, message: RegExp) =>
    t.throws(() => connectMigrations(options), { instanceOf: OptionsError, message })
  refused({ tablePrefix: 'a b' }, /connectMigrations: tablePrefix: expected .*given: "a b"/)
  refused({ oauth: { scopes: {} } }, /oauth: expected true or false \(given: an object\)/)
  refused({ throttle: 'database' }, /throttle: expected true or false \(given: "database"\)/)
  refused({ users: true }, /users: unknown option/)
})

test('OAuth of version 0.3 keeps working: clients keep ES256, tokens their use', async t => {
  const knex = openDatabase(await freshDatabase(t))
  t.teardown(() => knex.destroy())
  const site = { url: 'https://example.com', name: 'Example' }
  const connect = await createConnect({ knex, site, secret: SECRET, users, oauth: { scopes: { posts: 'Posts' } } })
  await connect.migrate()
  const database = createDatabase(knex, 'connect_')
  await tokenUsesAndAlgorithms.down(migrationTools(database, knex), knex)
  const client = { client_id: '1', name: 'Shop', description: '', website: '', redirect_uris: '[]', type: 'web' }
  await knex('connect_oauth_clients').insert({ ...client, legacy: false, self_registered: false, created: 1 })
  const token = { hash: 'h', kind: 'refresh', grant_id: 'g', scope: '', payload: '{}', expires: 1, consumed: 5 }
  await knex('connect_oauth_tokens').insert(token)
  await knex('connect_oauth_signing_keys').insert({ number: 1, kid: 'k', sealed: 's', created: 1 })

  await tokenUsesAndAlgorithms.up(migrationTools(database, knex), knex)
  t.like(await knex('connect_oauth_clients').first(), { name: 'Shop', id_token_alg: 'ES256' })
  const kept = await knex('connect_oauth_tokens').first()
  t.deepEqual([kept.hash, Number(kept.consumed), Number(kept.uses)], ['h', 5, 0])
  t.like(await knex('connect_oauth_signing_keys').first(), { kid: 'k', sealed: 's', sealed_rsa: null })

  await tokenUsesAndAlgorithms.down(migrationTools(database, knex), knex)
  t.deepEqual(Object.keys(await knex('connect_oauth_signing_keys').first()), ['number', 'kid', 'sealed', 'created'])
  t.is((await knex('connect_oauth_tokens').first()).hash, 'h')
  await connect.close()
})

test('without the new columns OAuth is unavailable, with a clear error', async t => {
  const knex = openDatabase(await freshDatabase(t))
  t.teardown(() => knex.destroy())
  const site = { url: 'https://example.com', name: 'Example' }
  const connect = await createConnect({ knex, site, secret: SECRET, users, oauth: { scopes: { posts: 'Posts' } } })
  await connect.migrate()
  const { client } = await connect.oauth.clients.create({ name: 'Shop', redirectUris: ['https://a.example/'] })
  await connect.oauth.rotateSigningKey()
  const database = createDatabase(knex, 'connect_')
  await clientOwners.down(migrationTools(database, knex), knex)
  await tokenUsesAndAlgorithms.down(migrationTools(database, knex), knex)
  for (const work of [
    () => connect.oauth.clients.list(),
    () => connect.oauth.clients.get(client.clientId),
    () => connect.oauth.deleteExpired(),
  ])
    await t.throwsAsync(work, { code: 'database_unavailable' })
  await connect.close()
})

test('clients registered before 0.4 have no owner', async t => {
  const knex = openDatabase(await freshDatabase(t))
  t.teardown(() => knex.destroy())
  const site = { url: 'https://example.com', name: 'Example' }
  const connect = await createConnect({
    knex,
    site,
    secret: SECRET,
    users: { ...users, find: async () => ({ id: 7, login: 'sam' }) },
    oauth: { scopes: { posts: 'Posts' } },
  })
  await connect.migrate()
  const { client } = await connect.oauth.clients.create(
    { name: 'Shop', redirectUris: ['https://a.example/'] },
    { id: 7 },
  )
  const database = createDatabase(knex, 'connect_')
  await clientOwners.down(migrationTools(database, knex), knex)
  t.false('owner_id' in (await knex('connect_oauth_clients').first()))
  await clientOwners.up(migrationTools(database, knex), knex)
  t.like(await connect.oauth.clients.get(client.clientId), { name: 'Shop', ownerId: null })
  await connect.close()
})
