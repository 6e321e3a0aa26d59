import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import { limits } from '../../src/http/body.ts'
import { createSiteServer, timeouts } from '../../src/server/serve.ts'
import { APPLICATION_PASSWORDS, basic, formFields, ME } from '../support/client.ts'
import { waitOnly } from '../support/limits.ts'
import { startSite } from '../support/site.ts'

test.serial(
  'a body that comes byte by byte is waited for ten seconds, wherever one is read; others are served',
  async t => {
    const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
    t.is(limits.waitMs, 10_000)
    waitOnly(t, limits, 1_000)
    const owner = await site.client('admin')
    const { uuid, password } = await owner.createPassword()
    const cookie = [...owner.cookies].map(pair => pair.join('=')).join('; ')
    const nonce = await owner.nonce()
    const form = 'application/x-www-form-urlencoded'
    const json = 'application/json'
    const multipart = 'multipart/form-data; boundary=b'
    const requests = [
      ['POST', '/wp-login.php', form],
      ['POST', '/wp-admin/profile.php', form],
      ['POST', '/wp-admin/authorize-application.php?app_name=x', form],
      ['POST', '/me/security/connected-apps/1/disconnect', form],
      ['POST', '/apps/new', form],
      ['POST', APPLICATION_PASSWORDS, json],
      ['POST', APPLICATION_PASSWORDS, form],
      ['PUT', `${APPLICATION_PASSWORDS}/${uuid}`, json],
      ['DELETE', `${APPLICATION_PASSWORDS}/${uuid}`, json],
      ['POST', '/oauth2/token', form],
      ['POST', '/oauth2/token', multipart],
      ['POST', '/oauth2/token-info', form],
      ['POST', '/oauth2/revoke', form],
      ['POST', '/oauth2/userinfo', form],
      ['POST', '/oauth2/register', json],
    ] as const
    let ended = 0
    const slow = requests.map(async ([method, path, type]) => {
      const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nX-WP-Nonce: ${nonce}\r\n`
      const answer = await drip(t, site.url, `${head}Content-Type: ${type}\r\nContent-Length: 4000\r\n\r\n`, 'x')
      ended++
      return { what: `${method} ${path} ${type}`, answer }
    })
    const served: number[] = []
    do served.push((await owner.get(ME, { headers: basic('admin', password) })).status)
    while (ended === 0)
    t.deepEqual(new Set(served), new Set([200]))
    for (const { what, answer } of await Promise.all(slow)) {
      t.regex(answer, /^HTTP\/1\.1 408 .*^Connection: close\r$/ims, what)
      t.regex(answer, /body_too_slow|took too long/, what)
    }
    t.is((await owner.get(`${APPLICATION_PASSWORDS}/${uuid}`, { headers: { 'x-wp-nonce': nonce } })).json.name, 'Test')
  },
)

test('a user who logs out while the body is arriving creates nothing', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const page = await owner.get('/wp-admin/profile.php')
  const cookie = [...owner.cookies].map(pair => pair.join('=')).join('; ')
  const nonce = await owner.nonce()
  const fields = formFields(page.text, 'new_application_password_name')
  const form = String(new URLSearchParams({ ...fields, new_application_password_name: 'Late' }))
  const start = (path: string, type: string, body: string) =>
    begin(
      t,
      site.url,
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nX-WP-Nonce: ${nonce}\r\nConnection: close\r\n` +
        `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n`,
      body,
    )
  let began = 0
  const { promise: allBegan, resolve } = Promise.withResolvers<void>()
  site.server.on('request', () => ++began === 3 && resolve())
  const requests = [
    start('/wp-admin/profile.php', 'application/x-www-form-urlencoded', form),
    start(APPLICATION_PASSWORDS, 'application/json', '{"name":"Late"}'),
    start(APPLICATION_PASSWORDS, 'application/x-www-form-urlencoded', 'name=Late'),
  ]
  await allBegan
  // In the time of a whole request they have come to where they wait for their bodies.
  await owner.get('/wp-admin/profile.php')
  await site.connect.passwordChanged(1)
  const statuses = (await Promise.all(requests.map(finish => finish()))).map(answer => answer.slice(9, 12))
  t.deepEqual(statuses, ['302', '403', '403'])
  t.deepEqual(await site.connect.applicationPasswords.list({ id: 1, login: 'admin' }), [])
})

test('a response that did not wait for the body closes the connection', async t => {
  const site = await startSite(t)
  const chunked = `${`7d0\r\n${'x'.repeat(2000)}\r\n`.repeat(200)}0\r\n\r\n`
  const requests = [`GET ${ME}`, 'GET /wp-json/', 'GET /wp-admin/profile.php', 'POST /wp-admin/profile.php']
  for (const request of requests) {
    const finish = begin(
      t,
      site.url,
      `${request} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n` +
        'Transfer-Encoding: chunked\r\n\r\n',
      chunked,
    )
    t.regex(await finish(), /^HTTP\/1\.1 (200|302|401) .*^Connection: close\r$/ims, request)
  }
})

test.serial('slow headers are cut off by the server of `npm start`', async t => {
  const site = await startSite(t)
  t.like(timeouts, { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 1_000 })
  const before = { ...timeouts }
  t.teardown(() => Object.assign(timeouts, before))
  Object.assign(timeouts, { headersTimeout: 500, requestTimeout: 500, connectionsCheckingInterval: 100 })
  const server = createSiteServer(site).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const slow = drip(t, url, `GET ${ME} HTTP/1.1\r\nHost: localhost\r\n`, 'x')
  const silent = drip(t, url, '', '')
  t.regex(await slow, /^(HTTP\/1\.1 408 Request Timeout\r$|$)/m)
  t.regex(await silent, /^(HTTP\/1\.1 408 Request Timeout\r$|$)/m)
})

/** Sends the beginning at once, and the rest again and again. @returns all that comes back until the connection ends */
async function drip(t: ExecutionContext, url: string, beginning: string, rest: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let answer = ''
  socket.on('error', () => {})
  socket.on('data', data => {
    answer += data
  })
  const timer = setInterval(() => socket.write(rest), 100)
  t.teardown(() => socket.destroy())
  socket.write(beginning)
  // Not `once()`, which an error would reject: a connection that is cut off may be reset.
  await new Promise(resolve => socket.once('close', resolve))
  clearInterval(timer)
  return answer
}

/** Sends the head of a request. @returns what sends its body, and waits for the answer */
function begin(t: ExecutionContext, url: string, head: string, body: string): () => Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  let answer = ''
  socket.on('data', data => {
    answer += data
  })
  const ended = new Promise(resolve => socket.once('close', resolve))
  socket.write(head)
  return async () => {
    socket.write(body)
    await ended
    return answer
  }
}
