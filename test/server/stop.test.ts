import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { limits, stoppable } from '../../src/server/stop.ts'
import { commandLine } from '../cli/command-line.ts'
import { ME } from '../support/client.ts'
import { FOR_EVER, waitOnly } from '../support/limits.ts'

test('SIGTERM under load: every request gets its whole response', async t => {
  const { serve } = await commandLine(t, { ADMIN_PASSWORD: 'correct horse' })
  const site = await serve()
  await site.client.login('admin', 'correct horse')
  const { password } = await site.client.createPassword()
  const headers = { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` }
  let answered = 0
  const ends = { refused: 0, last: 0 }
  const lost: unknown[] = []

  /** One connection that is kept alive, one request after the other, as a proxy sends them. */
  async function client() {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    t.teardown(() => agent.destroy())
    while (true) {
      try {
        const { status, isLast } = await get(`${site.url}${ME}`, { agent, headers })
        if (status !== 200) lost.push(status)
        answered++
        if (isLast) return ends.last++
      } catch (error) {
        // Nothing was sent: the site takes no new connections.
        if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return ends.refused++
        return lost.push(error)
      }
    }
  }
  const clients = Array.from({ length: 40 }, client)
  while (answered < 400 && lost.length === 0) await wait(10)
  const { code, stderr } = await site.stop()
  await Promise.all(clients)
  t.deepEqual(lost, [])
  t.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  t.is(ends.last, 40, 'each was told that its answer was the last')
})

test('a second signal, as npm forwards it, does not interrupt running requests', async t => {
  const { serve } = await commandLine(t, { ADMIN_PASSWORD: 'correct horse' })
  const site = await serve()
  const body = 'log=admin&pwd=correct+horse'
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': body.length,
    Expect: '100-continue',
  }
  const asked = request(`${site.url}/wp-login.php`, { method: 'POST', headers })
  const answer = once(asked, 'response') as Promise<[IncomingMessage]>
  asked.flushHeaders()
  await once(asked, 'continue')
  asked.write(body.slice(0, 5))
  const ended = once(site.process, 'close')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGINT'] as const) {
    site.process.kill(signal)
    await wait(100)
  }
  asked.end(body.slice(5))
  t.is((await answer)[0].statusCode, 302)
  // No further signal: one that comes while the process exits would be what ends it.
  const [code] = await ended
  t.is(code, 0)
})

test.serial('while stopping: a request on its way over an idle connection gets its response', async t => {
  const { stop, port, url } = await startServer(t)
  const { onItsWayMs } = limits
  limits.onItsWayMs = FOR_EVER
  t.teardown(() => Object.assign(limits, { onItsWayMs }))
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  let text = ''
  socket.on('data', chunk => {
    text += chunk
  })
  await once(socket, 'connect')
  const ask = () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  ask()
  while (!text.includes('answer')) await once(socket, 'data')
  const stopped = stop()
  t.is((await get(url).catch(error => error)).code, 'ECONNREFUSED')
  text = ''
  const closed = new Promise(resolve => socket.once('close', resolve))
  ask()
  await closed
  t.regex(text, /^HTTP\/1\.1 200 OK\r.*^Connection: close\r.*answer/ms)
  await stopped
})

test.serial('while stopping: a running request’s response closes its connection', async t => {
  const { promise: isStopping, resolve } = Promise.withResolvers<void>()
  const { stop, server, url } = await startServer(t, isStopping)
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const asked = get(url, { agent })
  await once(server, 'request')
  const stopped = stop()
  resolve()
  t.deepEqual(await asked, { status: 200, isLast: true })
  await stopped
})

test.serial('connections that send nothing do not delay stopping', async t => {
  const { stop, port, url } = await startServer(t)
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  await get(url, { agent })
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  await stop()
  t.pass('before it gives up waiting')
})

/** A server that answers at once, or when it may. It never cuts off who goes on sending. */
async function startServer(t: ExecutionContext, mayAnswer = Promise.resolve()) {
  t.is(limits.waitMs, 10_000)
  waitOnly(t, limits, FOR_EVER)
  const server = createServer((_request, response) => void mayAnswer.then(() => response.end('answer')))
  const stop = stoppable(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.closeAllConnections())
  const { port } = server.address() as AddressInfo
  return { stop, server, port, url: `http://127.0.0.1:${port}/` }
}

async function get(url: string, options: { agent?: Agent; headers?: Record<string, string> } = {}) {
  const sent = request(url, options)
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return { status: response.statusCode, isLast: response.headers.connection === 'close' }
}
