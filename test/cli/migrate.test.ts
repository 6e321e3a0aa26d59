import test from 'ava'
import { limits } from '../../src/database/migrator.ts'
import { openDatabase } from '../../src/server/database.ts'
import { waitOnly } from '../support/limits.ts'
import { commandLine } from './command-line.ts'

// On a server, failed attempts are counted in the database.
const isServer = /^(postgres|mysql):/.test(process.env.TEST_DATABASE_URL ?? '')
const NAMES = [
  '0001-application-passwords',
  '0002-embedded-users',
  '0003-oauth',
  '0004-application-password-imports',
  ...(isServer ? ['0005-throttle'] : []),
  '0006-introduced-clients',
  '0007-token-uses-and-algorithms',
  '0008-log-in-times',
  '0009-pending-requests',
  '0010-user-changes',
  '0011-client-owners',
  '0012-content',
  '0013-content-ids',
]
const UP = `${NAMES.map(name => `Ran ${name}\n`).join('')}Success: Ran ${NAMES.length} migrations.\n`
const DOWN = `${NAMES.toReversed()
  .map(name => `Undid ${name}\n`)
  .join('')}Success: Undid ${NAMES.length} migrations.\n`

test('migrate up twice, then down twice', async t => {
  const { ok } = await commandLine(t)
  t.is(await ok('migrate'), UP)
  t.is(await ok('migrate'), 'Success: The tables are already up to date.\n')
  await ok('user', 'create', 'bob', 'bob@example.com', '--porcelain')
  t.is(await ok('migrate', '--down', '--yes'), DOWN)
  t.is(await ok('migrate', '--down', '--yes'), 'Success: Nothing to undo.\n')
  t.is(await ok('migrate'), UP)
  t.is(await ok('user', 'list', '--format=count'), '0\n')
})

test('migrate --down in a script needs --yes, and says what would be lost', async t => {
  const { run, ok } = await commandLine(t)
  await ok('user', 'create', 'bob', 'bob@example.com', '--porcelain')
  // Nor is an answer taken that is piped in.
  for (const input of ['', 'y\n']) {
    const { code, stdout, stderr } = await run(['migrate', '--down'], { input })
    t.deepEqual({ code, stdout }, { code: 1, stdout: '' })
    t.is(
      stderr,
      'Error: This would delete all users, posts, pages, application passwords, applications and connections, with their tables. ' +
        'Nothing was changed. To delete it without a question, pass --yes.\n',
    )
  }
  t.is(await ok('user', 'list', '--format=count'), '1\n')
})

test('the commands that change something migrate first', async t => {
  const { ok } = await commandLine(t)
  await ok('user', 'create', 'bob', 'bob@example.com', '--porcelain')
  t.is(await ok('migrate'), 'Success: The tables are already up to date.\n')
})

test('four processes that start at once on an empty database run each migration once', async t => {
  const { spawned, ok } = await commandLine(t)
  const all = await Promise.all([1, 2, 3, 4].map(() => spawned(['migrate'])))
  for (const { code, stderr } of all) t.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  const ran = all.flatMap(({ stdout }) => stdout.match(/^Ran .*$/gm) ?? [])
  t.deepEqual(ran, UP.match(/^Ran 0.*$/gm))
  t.is(await ok('user', 'list', '--format=count'), '0\n')
})

test('after a migration was killed, the commands say what to do, and that works', async t => {
  waitOnly(t, limits, 300)
  const { environment, ok, fails } = await commandLine(t)
  await ok('migrate')
  const database = openDatabase(environment.DATABASE_URL ?? '')
  t.teardown(() => database.destroy())
  // What it leaves: a migration that did not run, and the lock.
  await database('connect_migrations').where({ name: '0003-oauth' }).delete()
  for (const table of ['signing_keys', 'interactions', 'tokens', 'grants', 'clients'])
    await database.schema.dropTable(`connect_oauth_${table}`)
  await database('connect_migrations_lock').update({ is_locked: 1 })

  const said = await fails('migrate')
  t.regex(said, /^Error: The database cannot be used: Another process is migrating the tables right now\./)
  const [statement = ''] = /UPDATE connect_migrations_lock SET is_locked = 0/.exec(said) ?? []
  await database.raw(statement)
  t.is(await ok('migrate'), 'Ran 0003-oauth\nSuccess: Ran 1 migration.\n')
})
