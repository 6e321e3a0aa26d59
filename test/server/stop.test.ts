import { once } from 'node:events'
import { Agent, createServer, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import test from 'ava'
import { stoppable } from '../../src/server/stop.ts'
import { commandLine } from '../cli/command-line.ts'
import { ME } from '../support/client.ts'

test('SIGTERM under load: every request that was sent gets its whole answer', async t => {
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
  while (answered < 400) await wait(10)
  const before = Date.now()
  const { code, stderr } = await site.stop()
  const took = Date.now() - before
  await Promise.all(clients)
  t.deepEqual(lost, [])
  t.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  t.is(ends.last, 40, 'each was told that its answer was the last')
  t.true(took < 8_000, `took ${took} ms`)
})

test('a second signal, as npm hands on what came to all, does not cut what is under way', async t => {
  const { serve } = await commandLine(t, { ADMIN_PASSWORD: 'correct horse' })
  const site = await serve()
  const body = 'log=admin&pwd=correct+horse'
  const type = { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Length': body.length }
  const asked = request(`${site.url}/wp-login.php`, { method: 'POST', headers: type })
  const answer = once(asked, 'response') as Promise<[IncomingMessage]>
  asked.write(body.slice(0, 5))
  await wait(300)
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

test('while it stops: an idle connection is not cut under the request that is on its way', async t => {
  const { stop, port, url } = await slowServer(t, 1)
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  let text = ''
  socket.on('data', chunk => {
    text += chunk
  })
  await once(socket, 'connect')
  const ask = () => socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  ask()
  while (!text.includes('answer')) await wait(5)
  const stopped = stop()
  await wait(100)
  t.is((await get(url).catch(error => error)).code, 'ECONNREFUSED')
  text = ''
  const closed = new Promise(resolve => socket.once('close', resolve))
  ask()
  await closed
  t.regex(text, /^HTTP\/1\.1 200 OK\r.*^Connection: close\r.*answer/ms)
  await stopped
})

test('while it stops: what is under way is told that it is the last', async t => {
  const { stop, url } = await slowServer(t, 800)
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const asked = get(url, { agent })
  await wait(200)
  await stop()
  t.deepEqual(await asked, { status: 200, isLast: true })
})

test('nobody holds it up who sends nothing', async t => {
  const { stop, port, url } = await slowServer(t, 1)
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  await get(url, { agent })
  const socket = connect(port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  const before = Date.now()
  await stop()
  t.true(Date.now() - before < 5_000)
})

async function slowServer(t: { teardown(end: () => void): void }, milliseconds: number) {
  const server = createServer((_request, response) => {
    setTimeout(() => response.end('answer'), milliseconds)
  })
  const stop = stoppable(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.closeAllConnections())
  const { port } = server.address() as AddressInfo
  return { stop, port, url: `http://127.0.0.1:${port}/` }
}

async function get(url: string, options: { agent?: Agent; headers?: Record<string, string> } = {}) {
  const sent = request(url, options)
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return { status: response.statusCode, isLast: response.headers.connection === 'close' }
}
