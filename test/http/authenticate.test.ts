import test from 'ava'
import { APPLICATION_PASSWORDS, basic, ME } from '../support/client.ts'
import { sendRaw } from '../support/hostile.ts'
import { PASSWORD, startSite } from '../support/site.ts'

test('Basic accepts the login or email address in any letter case, and the password with any separators', async t => {
  const site = await startSite(t)
  const { password } = await (await site.client('admin')).createPassword()
  const script = await site.client()
  const bare = password.replaceAll(' ', '')
  const tries: [login: string, password: string][] = [
    ['admin', password],
    ['ADMIN', bare],
    [' admin ', password.replaceAll(' ', '-')],
    ['admin@example.com', `${bare}\r\n`],
    ['Admin@Example.COM', password.replaceAll(' ', '\u00A0')],
    ['admín', `: ${password} :`],
  ]
  for (const [login, typed] of tries) {
    t.is((await script.get(ME, { headers: basic(login, typed) })).status, 200, `${login} ${typed}`)
  }
})

test('wrong credentials get the same response, whatever was wrong and on any route', async t => {
  const site = await startSite(t)
  const { password } = await (await site.client('admin')).createPassword()
  const script = await site.client()
  const wrong: [login: string, password: string][] = [
    ['admin', 'aaaa bbbb cccc dddd eeee ffff'],
    ['admin', password.toLowerCase()],
    ['admin', `${password}x`],
    ['admin', ''],
    ['', ''],
    ['', password],
    ['nobody-here', password],
    ['sam', password],
    ['admin', PASSWORD],
    ['admin\0', password],
    ['x'.repeat(5000), password],
    ['admin', 'x'.repeat(5000)],
  ]
  const answers = new Set<string>()
  for (const [login, typed] of wrong) {
    for (const path of [ME, '/wp-json/', '/api/posts', '/api/nothing-here']) {
      const { status, text, headers } = await script.get(path, { headers: basic(login, typed) })
      // Of the challenges, where tokens are to be had is told by path, not by what was wrong.
      const challenges = headers.get('www-authenticate')?.replace(/_url="[^"]*"|_metadata="[^"]*"/g, '')
      answers.add(`${status} ${text} ${challenges}`)
    }
  }
  t.is(answers.size, 1)
  t.regex([...answers][0] ?? '', /^401 \{"code":"incorrect_password",.* Basic realm="Test Site", charset="UTF-8"$/)
})

test('a browser’s fetch gets no Basic challenge, which would open the browser’s login dialog', async t => {
  const site = await startSite(t)
  const script = await site.client()
  for (const header of [
    { 'sec-fetch-site': 'same-origin' },
    { origin: 'https://app.example' },
    { 'x-requested-with': 'XMLHttpRequest' },
  ]) {
    const { status, headers } = await script.get(ME, { headers: { ...basic('admin', 'nope'), ...header } })
    t.is(status, 401)
    t.regex(headers.get('www-authenticate') ?? '', /^Bearer (?!.*Basic)/)
  }
})

test('a malformed header authenticates no one, and is never a 500', async t => {
  const site = await startSite(t)
  const script = await site.client()
  for (const authorization of [
    'Basic',
    'Basic !!!',
    'Basic YWRtaW4=',
    'Basic /////w==',
    `Basic ${'A'.repeat(12_000)}`,
  ]) {
    const { status, json } = await script.get(ME, { headers: { authorization } })
    t.deepEqual([status, json.code], [401, 'invalid_authorization_header'], authorization.slice(0, 20))
  }
  for (const authorization of ['Digest x', 'garbage', 'AWS4-HMAC-SHA256 x']) {
    const { status, json } = await script.get(ME, { headers: { authorization } })
    t.deepEqual([status, json.code], [401, 'rest_not_logged_in'], authorization)
    t.is((await script.get('/wp-json/', { headers: { authorization } })).status, 200)
  }
})

test('credentials are read only on the API’s paths: a site behind its own Basic login keeps working', async t => {
  const site = await startSite(t)
  const headers = basic('staging', 'door')
  const visitor = await site.client('admin')
  t.is((await visitor.get('/', { headers })).status, 200)
  t.is((await visitor.get('/wp-admin/profile.php', { headers })).status, 200)
  t.is((await visitor.get('/apiary', { headers })).status, 404)
})

test('a cookie authenticates only with a nonce', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const without = await owner.get(ME)
  t.deepEqual([without.status, without.json.code], [401, 'rest_not_logged_in'])
  const bad = await owner.get(ME, { headers: { 'x-wp-nonce': 'bad0bad0ba' } })
  t.deepEqual([bad.status, bad.json.code], [403, 'rest_cookie_invalid_nonce'])
  const nonce = await owner.nonce()
  t.is((await owner.get(ME, { headers: { 'x-wp-nonce': nonce } })).status, 200)
  t.is((await owner.get(`${ME}?_wpnonce=${nonce}`)).status, 200)
  t.is((await owner.get('/api/posts', { headers: { 'x-wp-nonce': nonce } })).json.seenBy, 'admin')

  const other = await site.client('sam')
  t.is((await other.get(ME, { headers: { 'x-wp-nonce': nonce } })).status, 403, 'a nonce of another user')
  const thief = await site.client()
  t.is((await thief.get(ME, { headers: { 'x-wp-nonce': nonce } })).status, 403, 'a nonce without its cookies')
  const elsewhere = await site.client('admin')
  t.is((await elsewhere.get(ME, { headers: { 'x-wp-nonce': nonce } })).status, 403, 'a nonce of another browser')
  const tokens = await owner.get('/wp-admin/profile.php')
  const formToken = /name="_wpnonce" value="([^"]*)"/.exec(tokens.text)?.[1] ?? ''
  t.is((await owner.get(ME, { headers: { 'x-wp-nonce': formToken } })).status, 403, 'a token for another action')
})

test('a session with its nonce comes before Basic credentials, which a browser sends to a staging site', async t => {
  const site = await startSite(t)
  const refused: unknown[] = []
  site.connect.on('application-password-refused', event => {
    refused.push(event)
  })
  const owner = await site.client('admin')
  const { password } = await (await site.client('sam')).createPassword()
  const walls = [basic('dev', 'dev'), basic('sam', password), { authorization: 'Basic !' }]
  for (const path of [ME, '/api/posts']) {
    for (const headers of walls) {
      const { status, json } = await owner.rest('GET', path, { headers })
      t.deepEqual([path, status, json.name ?? json.seenBy], [path, 200, 'admin'])
      const bad = await owner.get(path, { headers: { ...headers, 'x-wp-nonce': 'bad0bad0ba' } })
      t.deepEqual([bad.status, bad.json.code], [403, 'rest_cookie_invalid_nonce'], 'the login decides, as in WordPress')
    }
  }
  t.deepEqual(refused, [], 'no failed attempt')

  t.is((await owner.get(ME, { headers: basic('sam', password) })).json.name, 'sam', 'a cookie alone says nothing')
  t.is((await owner.get(ME, { headers: basic('dev', 'dev') })).json.code, 'incorrect_password')
  const script = await site.client()
  const withNonce = { ...basic('sam', password), 'x-wp-nonce': 'bad0bad0ba' }
  t.is((await script.get(ME, { headers: withNonce })).json.name, 'sam', 'nor does a nonce alone')
  t.is((await script.get(ME, { headers: { ...withNonce, ...basic('sam', 'no') } })).json.code, 'incorrect_password')
})

test('property: no Authorization header causes a 500, whatever its bytes', async t => {
  const site = await startSite(t)
  const encoded = Buffer.from('admin:x').toString('base64')
  const headers = [
    'Authorization:',
    'Authorization: ',
    `Authorization: Basic ${encoded}, Bearer abc`,
    `Authorization: Bearer abc, Basic ${encoded}`,
    `Authorization: Basic ${encoded}\r\nAuthorization: Bearer abc`,
    `Authorization: Bearer\r\nAuthorization: Basic ${encoded}`,
    'Authorization: Basic \xff\xfe',
    'Authorization: \xe4\xf6\xfc',
    'Authorization: Bearer \xe4\xf6\xfc',
    'Authorization: Bearer',
    'Authorization: Bearer ,',
    'Authorization: Basic Og==',
    `Authorization: Basic ${Buffer.from([0xff, 0x3a, 0x00]).toString('base64')}`,
    `Authorization: ${'Basic '.repeat(1000)}`,
  ]
  for (const header of headers) {
    for (const path of [ME, '/api/posts', '/rest/v1/me']) {
      const request = `GET ${path} HTTP/1.0\r\nHost: localhost\r\n${header}\r\n\r\n`
      const [status = ''] = (await sendRaw(site, Buffer.from(request, 'latin1'))).split('\r\n')
      t.regex(status, / 40[13] /, `${path} ${header.slice(0, 60)}`)
    }
  }
})

test('an application password can read and revoke only itself', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const mine = await owner.createPassword('mine')
  const other = await owner.createPassword('other')
  const script = await site.client()
  const send = async (method: string, path: string) => {
    const request = method === 'POST' || method === 'PUT' ? { json: { name: 'x' } } : {}
    return (await script.send(method, path, { ...request, headers: basic('admin', mine.password) })).status
  }
  t.is(await send('GET', APPLICATION_PASSWORDS), 403)
  t.is(await send('POST', APPLICATION_PASSWORDS), 403)
  t.is(await send('DELETE', APPLICATION_PASSWORDS), 403)
  t.is(await send('POST', '/wp-json/wp/v2/users/3/application-passwords'), 403)
  t.is(await send('GET', `${APPLICATION_PASSWORDS}/${other.uuid}`), 403)
  t.is(await send('PUT', `${APPLICATION_PASSWORDS}/${mine.uuid}`), 403)
  t.is(await send('DELETE', `${APPLICATION_PASSWORDS}/${other.uuid}`), 403)
  t.is(await send('GET', `${APPLICATION_PASSWORDS}/introspect`), 200)
  t.is(await send('GET', `${APPLICATION_PASSWORDS}/${mine.uuid}`), 200)
  t.is(await send('DELETE', `${APPLICATION_PASSWORDS}/${mine.uuid}`), 200)
  t.is(await send('GET', ME), 401)
  t.is((await owner.rest('GET', APPLICATION_PASSWORDS)).json.length, 1)
})

test('an application password gives access to no page', async t => {
  const site = await startSite(t)
  const { password } = await (await site.client('admin')).createPassword()
  const script = await site.client()
  const headers = basic('admin', password)
  t.is((await script.get('/wp-admin/profile.php', { headers })).status, 302)
  t.is((await script.send('POST', '/wp-login.php', { form: { log: 'admin', pwd: password } })).status, 401)
})

test('introspection shows the last use at once', async t => {
  const site = await startSite(t)
  const { password } = await (await site.client('admin')).createPassword()
  const { json } = await (await site.client()).get(`${APPLICATION_PASSWORDS}/introspect`, {
    headers: basic('admin', password),
  })
  t.regex(json.last_used, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
  t.is(json.last_ip, '127.0.0.1')
})

test('over plain http outside a local environment nothing is offered, and Basic is ignored', async t => {
  const site = await startSite(t, { WP_ENVIRONMENT_TYPE: 'production' })
  const owner = await site.client('admin')
  t.deepEqual((await owner.get('/wp-json/')).json.authentication, [])
  const create = await owner.rest('POST', APPLICATION_PASSWORDS, { json: { name: 'x' } })
  t.deepEqual([create.status, create.json.code, create.json.data.status], [501, 'application_passwords_disabled', 501])
  const { password } = await site.connect.applicationPasswords.create({ id: 1, login: 'admin' }, 'x')
  t.is((await owner.get(ME, { headers: basic('admin', password) })).json.code, 'rest_not_logged_in')
  t.is((await owner.get('/wp-json/', { headers: basic('admin', password) })).status, 200)
  t.regex((await owner.get('/wp-admin/profile.php')).text, /need HTTPS/)
  const authorize = await owner.get('/wp-admin/authorize-application.php?app_name=x&success_url=https://a.example/cb')
  t.is(authorize.status, 501)
  t.true(authorize.text.includes('https://a.example/cb?success=false&amp;error=disabled'))
})

test('behind a proxy that reports https, everything is offered and the address is the client’s', async t => {
  const site = await startSite(t, { WP_ENVIRONMENT_TYPE: 'production', TRUST_PROXY: 'on' })
  const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' }
  const { password } = await site.connect.applicationPasswords.create({ id: 1, login: 'admin' }, 'x')
  const { status, json } = await (await site.client()).get(`${APPLICATION_PASSWORDS}/introspect`, {
    headers: { ...headers, ...basic('admin', password) },
  })
  t.is(status, 200)
  t.is(json.last_ip, '203.0.113.9')
})

test('after too many failures: 429 with Retry-After, and the right password still works', async t => {
  const site = await startSite(t)
  const { password } = await (await site.client('admin')).createPassword()
  const script = await site.client()
  const statuses: number[] = []
  for (let i = 0; i < 105; i++) statuses.push((await script.get(ME, { headers: basic('admin', 'nope') })).status)
  t.is(statuses.filter(status => status === 401).length, 100)
  const refused = await script.get(ME, { headers: basic('admin', 'nope') })
  t.deepEqual([refused.status, refused.json.code], [429, 'too_many_attempts'])
  t.true(Number(refused.headers.get('retry-after')) > 0)
  t.regex(refused.json.message, /Wait (9|10) minutes, then try again/)
  t.is((await script.get(ME, { headers: basic('admin', password) })).status, 200)
})

test('the API’s paths match in any letter case, and `_envelope` has no effect outside of WordPress’s paths', async t => {
  const site = await startSite(t)
  const { password } = await (await site.client('admin')).createPassword()
  const script = await site.client()
  t.is((await script.get('/API/posts')).status, 401)
  t.is((await script.get('/API/Posts', { headers: basic('admin', password) })).status, 200)
  t.is((await script.get('/api/posts?_envelope')).status, 401)
  t.is((await script.get('/api/posts?_envelope', { headers: basic('admin', 'nope') })).status, 401)
})

test('only the last address of X-Forwarded-For counts, and only if it is an address', async t => {
  const site = await startSite(t, { TRUST_PROXY: 'on' })
  const { password } = await (await site.client('admin')).createPassword()
  const lastIp = async (forwarded: string) => {
    const headers = { ...basic('admin', password), 'x-forwarded-for': forwarded }
    return (await (await site.client()).get(`${APPLICATION_PASSWORDS}/introspect`, { headers })).json.last_ip
  }
  t.is(await lastIp('10.9.8.7, 203.0.113.9'), '203.0.113.9')
  t.is(await lastIp('not-an-address'), null)
})

test('past the limit of failures, an imported slow hash is not checked', async t => {
  const site = await startSite(t)
  const hash = '$P$BseAzc/YHhZEXxblAay8xpJ1WXQRei0'
  await site
    .knex('connect_application_passwords')
    .insert({ uuid: 'imported', user_id: '1', name: 'old', hash, created: 1 })
  const right = { headers: basic('admin', 'abcdEFGH1234ijklMNOP5678') }
  const script = await site.client()
  for (let i = 0; i < 100; i++) await script.get(ME, { headers: basic('admin', 'nope') })
  t.is((await script.get(ME, right)).status, 429)
  t.is((await site.connect.verifyCredentials('admin', 'abcdEFGH1234ijklMNOP5678', '203.0.113.1')).user.login, 'admin')
  t.is((await script.get(ME, right)).status, 200, 'it has the site’s own form now')
})
