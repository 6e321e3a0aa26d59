import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { openDatabase } from '../../src/server/database.ts'
import { commandLine, DUMP } from './command-line.ts'

const UUID = '6633824d-c1d7-4f79-9dd5-4586f734d69e'
const NEED_A_SITE = [
  ['user', 'list'],
  ['user', 'get', 'bob'],
  ['user', 'update', 'bob', '--role=author'],
  ['user', 'delete', 'bob', '--yes'],
  ['user', 'application-password', 'list', 'bob'],
  ['user', 'application-password', 'exists', 'bob', 'x'],
  ['user', 'application-password', 'create', 'bob', 'x'],
  ['user', 'application-password', 'delete', 'bob', UUID],
  ['client', 'list'],
  ['client', 'get', '1'],
  ['client', 'update', '1', '--name=x'],
  ['client', 'delete', '1', '--yes'],
  ['signing-key', 'rotate'],
  ['migrate', '--down', '--yes'],
  ['doctor'],
  ['import', 'wordpress', '--from=FILE', '--dry-run'],
  ['export', 'wordpress', '--to=mysql://root@127.0.0.1/x'],
]

test('in an empty folder, commands that need a site say that there is none, and create nothing', async t => {
  t.timeout(180_000)
  const { fails, directory, run } = await commandLine(t, { DATABASE_URL: '' })
  const { directory: elsewhere } = await commandLine(t)
  const dump = join(elsewhere, 'wordpress.sql')
  await writeFile(dump, DUMP)
  for (const command of NEED_A_SITE) {
    t.regex(
      await fails(...command.map(word => word.replace('FILE', dump))),
      /^Error: No site found: the file data\/site\.db does not exist\. Start one with npm run cli -- serve, [^\n]*\n$/,
    )
    t.deepEqual(await readdir(directory), [], command.join(' '))
  }
  const { code, stderr } = await run(['user', 'list'], { env: { DATABASE_URL: 'better-sqlite3:typo/dir/x.db' } })
  t.is(code, 1)
  t.regex(stderr, /the file typo\/dir\/x\.db does not exist/)
  t.deepEqual(await readdir(directory), [])
})

test('in an empty folder, an unreadable import creates nothing, and a readable one creates the site', async t => {
  const { run, ok, directory } = await commandLine(t, { DATABASE_URL: '' })
  const { directory: elsewhere } = await commandLine(t)
  const [dump, noDump] = [join(elsewhere, 'wordpress.sql'), join(elsewhere, 'README.md')]
  await writeFile(dump, DUMP)
  await writeFile(noDump, '# Read me\n')
  for (const from of ['absent.sql', noDump, 'mysql://root@127.0.0.1:1/x', 'wordpress://x']) {
    const { code, stderr } = await run(['import', 'wordpress', `--from=${from}`])
    t.is(code, 1)
    t.regex(stderr, /^Error: (?!There is no site)[^\n]*\n$/, from)
    t.deepEqual(await readdir(directory), [], from)
  }
  const { stdout } = await run(['import', 'wordpress', `--from=${dump}`])
  t.is(stdout, 'Success: Imported 1 user and 0 application passwords.\n')
  t.is(await ok('user', 'list', '--field=login'), 'ann\n')
})

test('in a database with other tables only, commands say that there is no site, and change nothing', async t => {
  t.timeout(180_000)
  const { fails, environment } = await commandLine(t)
  const knex = openDatabase(environment.DATABASE_URL ?? '', { setsJournal: false })
  t.teardown(() => knex.destroy())
  await knex.schema.createTable('people', table => table.increments())
  for (const command of [['user', 'list'], ['client', 'list'], ['user', 'delete', 'bob', '--yes'], ['doctor']]) {
    t.regex(await fails(...command), /^Error: No site found: the database has none of its tables\. /)
  }
  t.false(await knex.schema.hasTable('connect_migrations'))
})

test('commands that only read do not migrate, and say so if tables are outdated', async t => {
  const { ok, fails, environment } = await commandLine(t)
  await ok('migrate')
  const knex = openDatabase(environment.DATABASE_URL ?? '')
  t.teardown(() => knex.destroy())
  await knex.schema.dropTable('connect_oauth_clients')
  await knex('connect_migrations').where('name', '>', '0002').delete()
  t.is(await ok('user', 'list', '--format=count'), '0\n')
  t.is(
    await fails('client', 'list'),
    'Error: The tables are not up to date, and this command does not change them. Run this first: npm run cli -- migrate\n',
  )
  t.false(await knex.schema.hasTable('connect_oauth_clients'))
})

test('doctor and signing-key need the site’s own secret, and create none', async t => {
  const { ok, fails, directory } = await commandLine(t)
  await ok('migrate')
  for (const command of [['doctor'], ['signing-key', 'rotate']]) {
    t.is(
      await fails(...command),
      'Error: The file data/secret does not exist here. Set CONNECT_SECRET to the secret of the site.\n',
    )
  }
  t.deepEqual(await readdir(directory), [])
})

test('a SQLite file of an app keeps its journal mode', async t => {
  const { run, directory } = await commandLine(t)
  const file = join(directory, 'people.db')
  const knex = openDatabase(`sqlite:${file}`, { setsJournal: false })
  await knex.schema.createTable('people', table => table.increments())
  await knex.destroy()
  const before = await readFile(file)
  for (const driver of ['sqlite', 'better-sqlite3']) {
    const { code } = await run(['user', 'list'], { env: { DATABASE_URL: `${driver}:people.db` } })
    t.is(code, 1)
  }
  t.deepEqual(await readFile(file), before)
})
