import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'
import { createServer as createTlsServer, type RequestOptions, request } from 'node:https'
import { createServer, type LookupFunction } from 'node:net'
import type { ExecutionContext } from 'ava'
import { guardedFetch, network } from '../../src/http/guarded-fetch.ts'
import { ownCertificate } from '../support/certificate.ts'
import { listen } from '../support/inner.ts'
import { testWith } from '../support/tools.ts'

const test = testWith('openssl')
const LIMITS = { caller: 'a', maxBytes: 1000, timeoutMs: 5000 }
const PUBLIC = { address: '11.22.33.44', family: 4 }
const original = { ...network }
test.after.always(() => void Object.assign(network, original))

/** What a name leads to, by its addresses. */
const leadsTo = (...addresses: string[]) => {
  network.lookup = async () => addresses.map(address => ({ address, family: address.includes(':') ? 6 : 4 }))
}

/**
 * A server on this machine that stands at the public address 11.22.33.44, as far as connections know.
 *
 * @returns its port, and to which addresses connections were made
 */
async function standOutside(t: ExecutionContext, answer: Parameters<typeof createTlsServer>[1], certificates = 1) {
  const { cert, key } = await ownCertificate(t)
  const reusedSessions: boolean[] = []
  const server = createTlsServer({ cert: `${cert}\n`.repeat(certificates), key }, answer).on(
    'secureConnection',
    socket => reusedSessions.push(socket.isSessionReused()),
  )
  const port = await listen(t, server)
  const connected: string[] = []
  const toThisMachine: LookupFunction = (_name, { all }, callback) => {
    const here = { address: '127.0.0.1', family: 4 }
    if (all) callback(null, [here])
    else callback(null, here.address, here.family)
  }
  network.request = ((options: RequestOptions, onAnswer: never) => {
    options.lookup?.('', { all: true }, (_error, addresses) => {
      for (const { address } of addresses as { address: string }[]) connected.push(address)
    })
    return request({ ...options, lookup: toThisMachine }, onAnswer)
  }) as typeof network.request
  return { url: `https://localhost:${port}`, connected, reusedSessions }
}

// One after the other: they share the network.
test.serial('a URL on the public Internet is fetched', async t => {
  const { url, connected } = await standOutside(t, ({ headers }, response) => {
    response.setHeader('Content-Type', 'application/json')
    response.setHeader('Set-Cookie', 'a=b')
    response.end(JSON.stringify(headers))
  })
  leadsTo('11.22.33.44', '2606:4700::1111')
  const answer = await guardedFetch(`${url}/a?b`, { ...LIMITS, headers: { accept: 'application/json' } })
  t.is(answer.status, 200)
  t.is(answer.headers.get('content-type'), 'application/json')
  t.is(answer.headers.get('set-cookie'), null)
  t.like(await answer.json(), { accept: 'application/json', host: new URL(url).host, connection: 'close' })
  t.deepEqual(connected, ['11.22.33.44', '2606:4700::1111'])
})

test.serial('no connection is made for a forbidden URL', async t => {
  let connections = 0
  const port = await listen(
    t,
    createServer(() => connections++),
  )
  Object.assign(network, original)
  let lookups = 0
  const hosts = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.1',
    '0177.0.0.1',
    '127.0.0.1.',
    '[::1]',
    '[::ffff:127.0.0.1]',
  ]
  for (const host of [
    ...hosts,
    '8.8.8.8',
    '[64:ff9b::7f00:1]',
    '[2606:4700::1111]',
    'user:password@localhost',
    '%6cocalhost',
  ]) {
    network.lookup = async (name, signal) => {
      lookups++
      return original.lookup(name, signal)
    }
    await t.throwsAsync(guardedFetch(`https://${host}:${port}/`, LIMITS), undefined, host)
  }
  t.is(lookups, 1, 'a number is no name')
  for (const url of [`http://localhost:${port}/`, 'file:///etc/passwd', 'data:,x', 'ftp://localhost/']) {
    await t.throwsAsync(guardedFetch(url, LIMITS), { message: 'Only https:// URLs are fetched.' }, url)
  }
  for (const addresses of [
    ['127.0.0.1'],
    ['::1'],
    ['::ffff:127.0.0.1'],
    ['64:ff9b::7f00:1'],
    ['2002:7f00:1::'],
    ['11.22.33.44', '127.0.0.1'],
    ['2606:4700::1111', '::1'],
    [],
    ['no address'],
  ]) {
    leadsTo(...addresses)
    for (const name of ['inner.example', 'inner.example.']) {
      await t.throwsAsync(guardedFetch(`https://${name}:${port}/`, LIMITS), undefined, `${name} ${addresses}`)
    }
  }
  t.is(connections, 0)
})

test.serial('a name that resolves elsewhere a moment later: the connection goes to the checked address', async t => {
  const { url, connected } = await standOutside(t, (_request, response) => response.end('ok'))
  const answers = [[PUBLIC], [{ address: '127.0.0.1', family: 4 }]]
  let lookups = 0
  network.lookup = async () => answers[lookups++] ?? []
  t.is(await (await guardedFetch(url, LIMITS)).text(), 'ok')
  t.is(lookups, 1)
  t.deepEqual(connected, ['11.22.33.44'])
  await t.throwsAsync(guardedFetch(url, LIMITS), { message: /not public/ })
  t.deepEqual(connected, ['11.22.33.44'])
})

test.serial('TLS sessions and connections are not reused', async t => {
  const { url, reusedSessions } = await standOutside(t, (_request, response) => response.end('ok'))
  leadsTo('11.22.33.44')
  for (let i = 0; i < 3; i++) await (await guardedFetch(url, LIMITS)).text()
  t.deepEqual(reusedSessions, [false, false, false])
})

test.serial('a redirect is returned like any other response', async t => {
  let requests = 0
  const { url } = await standOutside(t, (_request, response) => {
    requests++
    response.writeHead(302, { Location: 'https://127.0.0.1/' }).end()
  })
  leadsTo('11.22.33.44')
  t.is((await guardedFetch(url, LIMITS)).status, 302)
  t.is(requests, 1)
})

test.serial('a response with too many bytes, or from a slow server, is an error', async t => {
  const { url } = await standOutside(t, ({ url }, response) => {
    if (url === '/long') response.end('x'.repeat(1001))
    else if (url === '/endless') {
      const timer = setInterval(() => response.write('x'), 5)
      response.on('close', () => clearInterval(timer))
    } else if (url === '/exact') response.end('x'.repeat(1000))
    else if (url === '/none') response.writeHead(204).end()
  })
  leadsTo('11.22.33.44')
  t.is((await (await guardedFetch(`${url}/exact`, LIMITS)).text()).length, 1000)
  t.is((await guardedFetch(`${url}/none`, LIMITS)).status, 204)
  await t.throwsAsync(guardedFetch(`${url}/long`, LIMITS), { message: /longer than 1000 bytes/ })
  const quick = { ...LIMITS, maxBytes: 10_000, timeoutMs: 200 }
  await t.throwsAsync(guardedFetch(`${url}/silent`, quick))
  await t.throwsAsync(guardedFetch(`${url}/endless`, quick))
  let end = () => {}
  network.lookup = () => new Promise(resolve => (end = () => resolve([])))
  await t.throwsAsync(guardedFetch(url, quick), { name: 'TimeoutError' })
  end()
})

test.serial('unresponsive names and servers delay only their own caller', async t => {
  // A process that serves has something to wait for; the fetch's own time limit does not keep one alive.
  const alive = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(alive))
  const { url } = await standOutside(t, (_request, response) => response.end('ok'))
  const ends: (() => void)[] = []
  network.lookup = async name =>
    name.startsWith('slow') ? new Promise(resolve => ends.push(() => resolve([]))) : [PUBLIC]
  const all = Array.from({ length: 30 }, (_, i) =>
    guardedFetch(`https://slow${i}.example/`, { ...LIMITS, timeoutMs: 60_000, caller: `caller ${i % 3}` }),
  )
  const refused = Promise.allSettled(all)
  await t.throwsAsync(guardedFetch(url, { ...LIMITS, caller: 'caller 0' }), { message: /10 requests of this caller/ })
  t.is(await (await guardedFetch(url, { ...LIMITS, caller: 'another' })).text(), 'ok')
  t.is(ends.length, 30)
  for (const end of ends) end()
  t.true((await refused).every(each => each.status === 'rejected' && /no IP address/.test(each.reason.message)))
  t.is(await (await guardedFetch(url, { ...LIMITS, caller: 'caller 0' })).text(), 'ok')
})

test.serial('a server that switches protocols or sends nothing keeps no slot', async t => {
  const alive = setInterval(() => {}, 1000)
  t.teardown(() => clearInterval(alive))
  const { url } = await standOutside(t, ({ url }, response) => {
    if (url === '/ok') return response.end('ok')
    response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  })
  leadsTo('11.22.33.44')
  const one = { ...LIMITS, caller: 'one of them' }
  const upgrades = await Promise.allSettled(Array.from({ length: 10 }, () => guardedFetch(url, one)))
  t.true(upgrades.every(each => each.status === 'rejected' && /does not use HTTP/.test(each.reason.message)))
  t.is(await (await guardedFetch(`${url}/ok`, one)).text(), 'ok')

  const { request } = network
  network.request = (() => Object.assign(new EventEmitter(), { end() {} })) as never
  const quick = { ...one, timeoutMs: 50 }
  const silent = await Promise.allSettled(Array.from({ length: 10 }, () => guardedFetch(url, quick)))
  t.true(silent.every(each => each.status === 'rejected' && each.reason.name === 'TimeoutError'))
  network.request = request
  t.is(await (await guardedFetch(`${url}/ok`, one)).text(), 'ok')
})

test.serial('a server that sends very many certificates is rejected before they are checked', async t => {
  let requests = 0
  const answer = (_request: unknown, response: ServerResponse) => {
    requests++
    response.end('x'.repeat(50_000))
  }
  leadsTo('11.22.33.44')
  const few = await standOutside(t, answer, 5)
  const all = { ...LIMITS, maxBytes: 50_000 }
  t.is((await (await guardedFetch(few.url, all)).text()).length, 50_000, 'only what comes before the answer counts')
  const many = await standOutside(t, answer, 60)
  await t.throwsAsync(guardedFetch(many.url, all), { message: /handshake is longer/ })
  t.is(requests, 1)
})

test.serial('a server without a valid certificate for its name is rejected', async t => {
  const { url } = await standOutside(t, (_request, response) => response.end('ok'))
  leadsTo('11.22.33.44')
  await t.throwsAsync(guardedFetch(url.replace('localhost', 'other.example'), LIMITS), {
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  })
})
