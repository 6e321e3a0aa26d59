import test from 'ava'
import type { LocalizedCheckResult } from '../../src/index.ts'
import { openDatabase } from '../../src/server/database.ts'
import { commandLine } from './command-line.ts'

const CONNECT_SECRET = 'Zk3vQ0pXw8rT5yLmN2bHc7JdFs9GaU4e'

const statuses = (json: string) =>
  Object.fromEntries((JSON.parse(json) as LocalizedCheckResult[]).map(({ check, status }) => [check, status]))

test('a running site passes all checks, as a list and as JSON', async t => {
  const { serve, run } = await commandLine(t, { CONNECT_SECRET })
  const { url } = await serve()
  const list = await run(['doctor'], { env: { SITE_URL: url } })
  t.deepEqual({ code: list.code, stderr: list.stderr }, { code: 0, stderr: '' })
  t.regex(
    list.stdout,
    new RegExp(
      `^ok {4}The tables are up to date\\.\nok {4}A server responds at ${url}\\.\n(ok {4}.*\n){6}Success: No check failed\\.\n$`,
    ),
  )
  const json = await run(['doctor', '--format=json'], { env: { SITE_URL: url } })
  t.is(json.code, 0)
  t.deepEqual(new Set(Object.values(statuses(json.stdout))), new Set(['ok']))
})

test('a site that does not run, with outdated tables: failures have advice, and the exit code is 1', async t => {
  const secret = 'hushhushhushhushhushhushhushhush'
  const { run, ok, environment } = await commandLine(t, { SITE_URL: 'http://localhost:1', CONNECT_SECRET: secret })
  await ok('migrate')
  const knex = openDatabase(environment.DATABASE_URL ?? '')
  t.teardown(() => knex.destroy())
  await knex('connect_migrations').where({ name: '0011-client-owners' }).delete()
  const list = await run(['doctor'])
  t.is(list.code, 1)
  t.is(list.stderr, 'Error: 2 checks failed.\n')
  t.regex(
    list.stdout,
    /^fail {2}The tables are not up to date\. These migrations have not run: 0011-client-owners\.\n {6}Restart the site: .* Or run the command migrate\.\nfail {2}No server responds at http:\/\/localhost:1: .*\n {6}Set site\.url/,
  )
  const json = await run(['doctor', '--format=json'])
  t.is(json.code, 1)
  t.like(statuses(json.stdout), { address: 'fail', 'this-site': 'warn', migrations: 'fail' })
  for (const { stdout, stderr } of [list, json]) t.notRegex(stdout + stderr, /hush/)
  t.deepEqual(await knex('connect_migrations').where({ name: '0011-client-owners' }), [], 'it only looks')
})

test('an unavailable database is a result, not an error', async t => {
  const { run } = await commandLine(t, {
    SITE_URL: 'http://localhost:1',
    CONNECT_SECRET,
    DATABASE_URL: 'postgres://bob:geheim@127.0.0.1:1/site',
  })
  const { code, stdout, stderr } = await run(['doctor'])
  t.is(code, 1)
  t.regex(stdout, /^fail {2}The database cannot be used\.\n {6}Check that it is running/)
  t.notRegex(stdout + stderr, /geheim/)
})
