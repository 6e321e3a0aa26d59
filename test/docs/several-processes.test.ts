import { basic, Client, ME } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { block } from '../support/markdown.ts'
import { startNginx } from '../support/nginx.ts'
import { freePort, serve } from '../support/shell.ts'
import { PASSWORD } from '../support/site.ts'
import { testWith } from '../support/tools.ts'

const PATH = 'docs/run/several-processes.md'

testWith('nginx', 'openssl')('the two processes behind nginx of docs/run/several-processes.md', async t => {
  const [one, two, proxy] = [await freePort(), await freePort(), await freePort()]
  const url = `https://localhost:${proxy}`
  const databaseUrl = await freshDatabase(t)
  const changed = (text: string) => text.replaceAll('8081', `${one}`).replaceAll('8082', `${two}`)
  const lines = changed(block(PATH, 'sh', '8081'))
    .replace(/DATABASE_URL=\S+/, `DATABASE_URL=${databaseUrl}`)
    .replace('https://example.com', url)
    .trim()
    .split('\n')
  t.is(lines.length, 4)
  // The last line's process goes on when the other ends, as in two terminals.
  const secret = lines.shift()?.replace(/\$\(.*\)/, 'the same secret of 32 characters for both'.replaceAll(' ', '-'))
  t.true(secret?.startsWith('export CONNECT_SECRET='))
  const [settings, first = '', second = ''] = lines
  const env = { ADMIN_PASSWORD: PASSWORD }
  const start = (line: string, port: number) =>
    serve(t, [secret, settings, line.replace(/ &$/, '')].join('\n'), `http://127.0.0.1:${port}`, { env })
  const [, toStop] = await Promise.all([start(first, one), start(second, two)])

  await startNginx(t, changed(block(PATH, 'nginx', 'upstream')), proxy)

  const owner = new Client(url)
  await owner.login('admin', PASSWORD)
  const { password } = await owner.createPassword()
  const script = new Client(url)
  const statuses = async () => {
    const asked = Array.from({ length: 20 }, () => script.get(ME, { headers: basic('admin', password) }))
    return new Set((await Promise.all(asked)).map(({ status }) => status))
  }
  t.deepEqual(await statuses(), new Set([200]))
  const byHttps = { ...basic('admin', password), 'x-forwarded-proto': 'https' }
  for (const port of [one, two]) t.is((await fetch(`http://127.0.0.1:${port}${ME}`, { headers: byHttps })).status, 200)

  await toStop.stop()
  t.deepEqual(await statuses(), new Set([200]), 'with one of them only')
  t.is((await owner.get('/wp-admin/profile.php')).status, 200)
})
