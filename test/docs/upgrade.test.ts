import test from 'ava'
import { applicationPasswordsTable } from '../../migrations/0001-application-passwords.js'
import { embeddedUsersTables } from '../../migrations/0002-embedded-users.js'
import { oauthTables } from '../../migrations/0003-oauth.js'
import { applicationPasswordImportsTable } from '../../migrations/0004-application-password-imports.js'
import { throttleTable } from '../../migrations/0005-throttle.js'
import { createDatabase } from '../../src/database/database.ts'
import { createMigrator, migrationTools } from '../../src/database/migrator.ts'
import { ConnectError } from '../../src/index.ts'
import { openDatabase } from '../../src/server/database.ts'
import { basic, Client, ME } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { block } from '../support/markdown.ts'
import { bearer, connectApp, createApp, refresh } from '../support/oauth.ts'
import { startSite, type TestSite } from '../support/site.ts'

const ALL = [
  applicationPasswordsTable,
  embeddedUsersTables,
  oauthTables,
  applicationPasswordImportsTable,
  throttleTable,
]
/** Those of 0.2. */
const EARLIER = ALL.slice(0, 3)

const TABLES = [
  'application_passwords',
  'application_password_imports',
  'oauth_clients',
  'oauth_grants',
  'oauth_interactions',
  'oauth_signing_keys',
  'oauth_tokens',
  'sessions',
  'throttle',
  'users',
].map(name => `connect_${name}`)

/** What a site of 0.2 has, with somebody's password and tokens in it. */
async function fill(site: TestSite) {
  const sam = await site.client('sam')
  const app = await createApp(site)
  return { app, sam, ...(await sam.createPassword()), tokens: await connectApp(site, sam, app, { scope: 'posts' }) }
}

/** Takes the tables of the site back to those of 0.2. @returns the names of the migrations that are missing now */
async function rewind({ knex }: TestSite): Promise<string[]> {
  const missing: string[] = []
  for (const { name, down } of ALL.slice(EARLIER.length).toReversed()) {
    if ((await knex('connect_migrations').where({ name }).del()) === 0) continue
    await down(migrationTools(createDatabase(knex, 'connect_'), knex), knex)
    missing.unshift(name)
  }
  return missing
}

async function migrationsFinding({ connect }: TestSite): Promise<string | undefined> {
  return (await connect.doctor()).find(({ check }) => check === 'migrations')?.status
}

const IMPORTED = {
  uuid: '0b5c3a52-0000-4000-8000-000000000001',
  name: 'Imported',
  hash: `$generic$${'a'.repeat(40)}`,
  appId: '',
  created: 1,
  lastUsed: null,
  lastIp: null,
}

test('on the tables of 0.2 everything works but imports, and existing credentials work after the migration', async t => {
  const site = await startSite(t)
  const missing = await rewind(site)
  t.true(missing.includes('0004-application-password-imports'))
  t.is(await migrationsFinding(site), 'fail')
  const { app, sam, password, uuid, tokens } = await fill(site)
  const script = new Client(site.url)
  const statuses = async () => [
    (await script.get(ME, { headers: basic('sam', password) })).status,
    (await script.get(ME, { headers: basic('sam', 'wrong') })).status,
    (await script.get('/api/posts', { headers: bearer(tokens.access_token) })).status,
    (await sam.get('/wp-admin/profile.php')).status,
  ]
  t.deepEqual(await statuses(), [200, 401, 200, 200])
  const other = await sam.createPassword('Other')
  t.is((await sam.rest('DELETE', `${ME}/application-passwords/${other.uuid}`)).status, 200)
  const take = () => site.connect.applicationPasswords.import({ id: '3', login: 'sam' }, [IMPORTED])
  await t.throwsAsync(take(), { instanceOf: ConnectError, code: 'database_unavailable' })

  const before = await site.knex('connect_application_passwords').select()
  const said: string[] = []
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  const code = block('docs/run/upgrade.md', 'ts', 'connect.migrate()')
  await new AsyncFunction('connect', 'console', code)(site.connect, { log: (line: string) => said.push(line) })
  t.deepEqual(
    said,
    missing.map(name => `migrated: ${name}`),
  )
  t.is(await migrationsFinding(site), 'ok')
  t.deepEqual(await site.knex('connect_application_passwords').select(), before)
  t.deepEqual(await statuses(), [200, 401, 200, 200])
  t.is((await refresh(site, app, tokens.refresh_token)).status, 200)
  t.is((await take()).imported, 1)
  t.is((await sam.rest('DELETE', `${ME}/application-passwords/${uuid}`)).status, 200)
})

test('an older version next to the newer one, or after it, finds nothing to migrate and undoes nothing', async t => {
  const site = await startSite(t)
  const { password } = await fill(site)
  const older = createMigrator(createDatabase(site.knex, 'connect_'), EARLIER)
  t.deepEqual(await older.pending(), [])
  t.deepEqual(await older.up(), [])
  t.true(await site.knex.schema.hasTable('connect_application_password_imports'))
  t.deepEqual(await site.connect.migrate(), [], 'the way up is open, and there is nothing to do')
  t.is((await new Client(site.url).get(ME, { headers: basic('sam', password) })).status, 200)
})

test('each migration leaves the existing tables unchanged', async t => {
  const knex = openDatabase(await freshDatabase(t))
  t.teardown(() => knex.destroy())
  const database = createDatabase(knex, 'connect_')
  const before = new Map<string, unknown>()
  for (const migration of ALL) {
    await migration.up(migrationTools(database, knex), knex)
    for (const [table, columns] of before) t.deepEqual(await knex(table).columnInfo(), columns, migration.name)
    for (const table of TABLES.filter(name => !before.has(name)))
      if (await knex.schema.hasTable(table)) before.set(table, await knex(table).columnInfo())
  }
  t.deepEqual([...before.keys()].sort(), TABLES.toSorted())
})
