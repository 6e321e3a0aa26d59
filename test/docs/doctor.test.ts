import test from 'ava'
import { freshDatabase } from '../support/database.ts'
import { block, tableRows } from '../support/markdown.ts'
import { freePort, serve, shell } from '../support/shell.ts'
import { startSite } from '../support/site.ts'

/** Unlike that of the other tests it is as it should be. */
const CONNECT_SECRET = 'Zk3vQ0pXw8rT5yLmN2bHc7JdFs9GaU4e'

test('the command of docs/run/doctor.md, and its output in docs/reference/cli.md', async t => {
  const port = await freePort()
  const env = { PORT: String(port), CONNECT_SECRET, DATABASE_URL: await freshDatabase(t) }
  await serve(t, 'node src/cli/main.ts serve', `http://localhost:${port}`, { env })
  const { code, output } = await shell(block('docs/run/doctor.md', 'sh', 'doctor'), { env })
  t.is(code, 0, output)
  const [, ...shown] = block('docs/reference/cli.md', 'console', '$ koa-wp-connect doctor').split('\n')
  t.deepEqual(output.replace(String(port), '8080').split('\n'), shown)
})

test('docs/run/doctor.md lists every check, in order, and says which are for administrators', async t => {
  const site = await startSite(t)
  const found = (await site.connect.doctor()).map(({ check }) => `\`${check}\``)
  const rows = tableRows('docs/run/doctor.md').slice(1)
  t.deepEqual(
    rows.map(([check]) => check),
    found,
  )
  t.deepEqual(
    rows.filter(([, looksAt = '']) => looksAt.endsWith('(administrators)')).map(([check]) => check),
    ['`migrations`', '`page-policy`', '`caller-address`', '`oauth-metadata`'],
  )
})
