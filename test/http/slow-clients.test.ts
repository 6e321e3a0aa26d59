import { connect } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { commandLine } from '../cli/command-line.ts'
import { APPLICATION_PASSWORDS, basic, formFields, ME } from '../support/client.ts'
import { startSite } from '../support/site.ts'

test('a body that comes a byte a second is waited for ten seconds, wherever one is read; others are served', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
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
  const began = Date.now()
  const slow = requests.map(async ([method, path, type]) => {
    const head = `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\nX-WP-Nonce: ${nonce}\r\n`
    const answer = await drip(t, site.url, `${head}Content-Type: ${type}\r\nContent-Length: 4000\r\n\r\n`, 'x')
    return { what: `${method} ${path} ${type}`, answer, took: Date.now() - began }
  })
  for (let second = 0; second < 8; second++) {
    await wait(1000)
    const before = Date.now()
    t.is((await owner.get(ME, { headers: basic('admin', password) })).status, 200)
    t.true(Date.now() - before < 2000)
  }
  for (const { what, answer, took } of await Promise.all(slow)) {
    t.regex(answer, /^HTTP\/1\.1 408 .*^Connection: close\r$/ims, what)
    t.regex(answer, /body_too_slow|took too long/, what)
    t.true(took < 20_000, `${what}: ${took} ms`)
  }
  t.is((await owner.get(`${APPLICATION_PASSWORDS}/${uuid}`, { headers: { 'x-wp-nonce': nonce } })).json.name, 'Test')
})

test('who is logged out while the body is still on its way issues nothing', async t => {
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
  const requests = [
    start('/wp-admin/profile.php', 'application/x-www-form-urlencoded', form),
    start(APPLICATION_PASSWORDS, 'application/json', '{"name":"Late"}'),
    start(APPLICATION_PASSWORDS, 'application/x-www-form-urlencoded', 'name=Late'),
  ]
  await wait(300)
  await site.connect.passwordChanged(1)
  const statuses = (await Promise.all(requests.map(finish => finish()))).map(answer => answer.slice(9, 12))
  t.deepEqual(statuses, ['302', '403', '403'])
  t.deepEqual(await site.connect.applicationPasswords.list({ id: 1, login: 'admin' }), [])
})

test('what answers without the body that it did not wait for closes the connection', async t => {
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
    const answer = await Promise.race([finish(), wait(5000, 'the connection hangs')])
    t.regex(answer, /^HTTP\/1\.1 (200|302|401) .*^Connection: close\r$/ims, request)
  }
})

test('slow headers are cut off by the site that `npm start` runs', async t => {
  const { serve } = await commandLine(t, { ADMIN_PASSWORD: 'correct horse' })
  const site = await serve()
  const began = Date.now()
  const slow = drip(t, site.url, `GET ${ME} HTTP/1.1\r\nHost: localhost\r\n`, 'x')
  const silent = drip(t, site.url, '', '')
  t.is((await site.client.get(ME)).status, 401)
  t.regex(await slow, /^(HTTP\/1\.1 408 Request Timeout\r$|$)/m)
  t.regex(await silent, /^(HTTP\/1\.1 408 Request Timeout\r$|$)/m)
  t.true(Date.now() - began < 20_000)
})

/** Sends the beginning at once, and the rest each second. @returns all that comes back until the connection ends */
async function drip(t: ExecutionContext, url: string, beginning: string, rest: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let answer = ''
  socket.on('error', () => {})
  socket.on('data', data => {
    answer += data
  })
  const timer = setInterval(() => socket.write(rest), 1000)
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
