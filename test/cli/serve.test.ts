import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import test from 'ava'
import { commandLine } from './command-line.ts'

test('the first start creates an administrator and shows the password; the second does neither', async t => {
  const { serve, ok } = await commandLine(t)
  const first = await serve()
  const [, password = ''] = /^Password: (\S+)/m.exec(first.output()) ?? []
  t.regex(first.output(), /^Created the user admin\. Log in at http:\/\/localhost:\d+\/wp-login\.php$/m)
  await t.notThrowsAsync(first.client.login('admin', password))
  t.is((await first.stop()).code, 0)

  const second = await serve()
  t.notRegex(second.output(), /Password|Made/)
  await t.notThrowsAsync(second.client.login('admin', password))
  t.is(await ok('user', 'get', 'admin', '--field=roles'), 'administrator\n')
  t.is((await second.stop('SIGINT')).code, 0)
})

test('the administrator’s data can be set, and a given password is not shown', async t => {
  const { serve } = await commandLine(t, {
    ADMIN_USER: 'root',
    ADMIN_EMAIL: 'root@example.com',
    ADMIN_PASSWORD: 'correct horse',
  })
  const site = await serve()
  t.notRegex(site.output(), /Password|correct horse/)
  await t.notThrowsAsync(site.client.login('root@example.com', 'correct horse'))
})

test('SIGTERM: a running request gets its response, and the server exits with 0', async t => {
  const { serve } = await commandLine(t, { ADMIN_PASSWORD: 'correct horse' })
  const site = await serve()
  const unused = connect(site.port, 'localhost')
  t.teardown(() => unused.destroy())
  await once(unused, 'connect')

  const socket = connect(site.port, 'localhost')
  t.teardown(() => socket.destroy())
  let answer = ''
  socket.on('data', chunk => {
    answer += chunk
  })
  const body = 'log=admin&pwd=correct+horse'
  socket.write(
    `POST /wp-login.php HTTP/1.1\r\nHost: localhost:${site.port}\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
      `Content-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n`,
  )
  // The server has the request now, and waits for its body.
  await once(socket, 'data')
  const stopped = site.stop()
  while (await accepts(site.port)) await new Promise(resolve => setTimeout(resolve, 20))
  socket.write(body)
  const { code, stderr } = await stopped
  t.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  t.regex(answer, /^HTTP\/1\.1 302 Found\r$/m)
})

const WARNINGS: Record<string, [env: Record<string, string>, warning: RegExp]> = {
  'HOST=0.0.0.0': [
    { HOST: '0.0.0.0' },
    /^Warning: The environment is production, [^\n]* Set SITE_URL to [^\n]*=local instead\.\n$/,
  ],
  'https without TRUST_PROXY': [{ SITE_URL: 'https://a.example' }, /^Warning: [^\n]* set TRUST_PROXY=on\. [^\n]*\n$/],
  'https behind a proxy': [{ SITE_URL: 'https://a.example', TRUST_PROXY: 'on' }, /^$/],
  'HOST=0.0.0.0 on a private network': [{ HOST: '0.0.0.0', WP_ENVIRONMENT_TYPE: 'local' }, /^$/],
}
for (const [name, [env, warning]] of Object.entries(WARNINGS)) {
  test(`if plain http gets no credentials, the start says so and what to set: ${name}`, async t => {
    const { serve } = await commandLine(t, { ADMIN_PASSWORD: 'correct horse', ...env })
    const { code, stderr } = await (await serve()).stop()
    t.is(code, 0)
    t.regex(stderr, warning)
  })
}

test('a port in use is reported in one line', async t => {
  const { spawned } = await commandLine(t, { ADMIN_PASSWORD: 'correct horse' })
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await once(taken, 'listening')
  const { port } = taken.address() as AddressInfo
  const { code, stderr } = await spawned(['serve'], { env: { PORT: String(port) } })
  t.is(code, 1)
  t.regex(stderr, /^Error: Another program uses this port \(.*\)\. Set PORT to a different one\.\n$/)
})

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const accepted = await new Promise<boolean>(resolve =>
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
  )
  socket.destroy()
  return accepted
}
