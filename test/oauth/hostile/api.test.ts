import test from 'ava'
import fc from 'fast-check'
import { basic, ME, type Request } from '../../support/client.ts'
import { checkPage, codeOf, MARKUP, sendRaw } from '../../support/hostile.ts'
import { authorizeUrl, bearer, connectApp, createApp, openConsent } from '../../support/oauth.ts'
import { startSite } from '../../support/site.ts'

const LIST = '/rest/v1.1/me/connected-applications'
const PAGES = '/me/security/connected-apps'

test('a malformed Bearer header is 401 on every API path', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const tokens = await connectApp(site, sam, await createApp(site))
  const { password } = await sam.createPassword()
  const token = tokens.access_token
  const values = [
    'Bearer',
    'Bearer ',
    'Bearer    ',
    'Bearer\t',
    'Bearer null',
    'Bearer undefined',
    'Bearer [object Object]',
    `Bearer ${token} ${token}`,
    `Bearer ${token},`,
    `Bearer ${token},Bearer ${token}`,
    `Bearer "${token}"`,
    `Bearer ${token}=`,
    `Bearer Bearer ${token}`,
    `Bearer ${token.toUpperCase()}`,
    `Bearer ${token.slice(0, -1)}`,
    `Bearer ${token}%00`,
    `Bearer \u00ff\u00fe`,
    `Bearer ${tokens.refresh_token}`,
    `Bearer ${password}`,
    `Bearer ${'x'.repeat(14_000)}`,
    `Bearer ${' '.repeat(12_000)}x`,
    "Bearer ' OR 1=1 --",
    `Basic ${token}`,
    basic('sam', token).authorization,
    basic(token, 'x-oauth-basic').authorization,
  ]
  for (const authorization of values) {
    for (const path of [ME, '/api/posts', '/wp-json/', '/rest/v1/me', LIST, `${LIST}/1`]) {
      const { status, json, text } = await sam.get(path, { headers: { authorization } })
      t.is(status, 401, `${path} ${authorization.slice(0, 60)}`)
      t.regex(json.code ?? json.error, /^(invalid_token|incorrect_password|invalid_authorization_header)$/)
      t.false(text.includes(token))
    }
  }
  // In an address or a form a token is none (RFC 6750, 2.3: they are logged, and sent on).
  const script = await site.client()
  for (const path of ['/rest/v1/me', LIST]) {
    t.is((await script.get(`${path}?access_token=${token}&token=${token}`)).status, 403)
    t.is((await script.send('POST', `${path}/1/delete`, { form: { access_token: token } })).status >= 403, true)
  }
  t.is((await script.get(`/api/posts?access_token=${token}`)).status, 401)
  t.is((await script.get('/api/posts', { headers: { cookie: `access_token=${token}` } })).status, 401)
  t.is((await script.get('/api/posts', { headers: bearer(token) })).status, 200, 'while the token itself is good')
})

test('of two Authorization headers, or a folded one, at most the first counts', async t => {
  const site = await startSite(t)
  const { access_token } = await connectApp(site, await site.client('sam'), await createApp(site))
  const ask = (lines: string) =>
    sendRaw(site, `GET /rest/v1/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n\r\n`)
  t.regex(await ask(`Authorization: Bearer x\r\nAuthorization: Bearer ${access_token}`), /^HTTP\/1\.1 401 /)
  t.regex(await ask(`Authorization: Bearer\r\n ${access_token}`), /^HTTP\/1\.1 40[01] /)
  t.regex(await ask(`Authorization: Bearer \0${access_token}`), /^HTTP\/1\.1 40[01] /)
})

const ODD = [
  'x',
  '%ff',
  '%',
  '%zz',
  '%00',
  '1%00',
  '..%2f..%2f1',
  '%2e%2e%2f',
  'a%2fb',
  '__proto__',
  'constructor',
  '%F0%9F%8E%89',
  '%ED%A0%80',
  'x'.repeat(8000),
  '1'.repeat(400),
  '%0d%0aSet-Cookie:planted=1',
  ';',
  '*',
  '%3Cscript%3Ealert(1)',
  "1'--",
  '1e9',
  '-1',
  '0',
  '1.5',
  'NaN',
  'Infinity',
  '%20',
]

test('a path with a strange segment gets a 4xx that does not repeat it', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const { access_token } = await connectApp(site, sam, await createApp(site))
  const expected: [path: string, status: number, code: string, request?: Request][] = [
    ['/oauth2/consent/ODD', 400, 'authorization_expired'],
    [`${PAGES}/ODD`, 404, 'connected_app_not_found'],
    [`${PAGES}/ODD/disconnect`, 404, 'connected_app_not_found'],
    [`${LIST}/ODD`, 404, 'connected_app_not_found', { headers: bearer(access_token) }],
    ['/.well-known/oauth-protected-resource/ODD', 404, 'rest_no_route'],
  ]
  for (const odd of ODD) {
    for (const [path, status, code, request] of expected) {
      const answer = await sam.get(path.replace('ODD', odd), request)
      t.deepEqual([answer.status, answer.json?.error ?? codeOf(answer)], [status, code], `${path} ${odd.slice(0, 30)}`)
      t.false(answer.text.includes('<script>alert') || sam.cookies.has('planted'))
    }
    t.regex(String((await sam.get(`/oauth2/authorize/${odd}`)).status), /^40[04]$/, odd.slice(0, 30))
    const ended = await sam.send('POST', `${LIST}/${odd}/delete`, { headers: bearer(access_token) })
    t.deepEqual([ended.status, ended.json.error], [404, 'connected_app_not_found'], odd.slice(0, 30))
  }
  t.is((await sam.get('/rest/v1/me', { headers: bearer(access_token) })).status, 200, 'nothing was ended by it')
})

test('wrong methods get 405 with the allowed ones', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const sam = await site.client('sam')
  await connectApp(site, sam, await createApp(site))
  const pages = ['/oauth2/authorize/x', PAGES, `${PAGES}/1`]
  const requests = ['/oauth2/authorize', '/oauth2/authenticate', '/oauth2/consent/x']
  const metadata = ['oauth-authorization-server', 'openid-configuration', 'jwks.json', 'oauth-protected-resource']
  const allowed: Record<string, string[]> = {
    'GET HEAD': [...pages, '/rest/v1/me', LIST, `${LIST}/1`, ...metadata.map(name => `/.well-known/${name}`)],
    'GET HEAD POST': [...requests, `${PAGES}/1/disconnect`, '/oauth2/token-info', '/oauth2/userinfo'],
    POST: ['/oauth2/token', '/oauth2/revoke', '/oauth2/register', `${LIST}/1/delete`],
  }
  for (const [right, paths] of Object.entries(allowed)) {
    for (const path of paths) {
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'QUERY']) {
        if (right.split(' ').includes(method)) continue
        const { status, headers } = await sam.send(method, path)
        // The host's own router says 501 of a method that it has never heard of.
        t.true(status === 405 || (status === 501 && /PROPFIND|QUERY/.test(method)), `${method} ${path} ${status}`)
        const named = (headers.get('allow') ?? '').split(', ').filter(each => each !== 'OPTIONS')
        t.deepEqual(named.sort(), right.split(' ').sort(), `${method} ${path}`)
      }
    }
  }
  // An override of the method is no way around.
  const form = { form: { _method: 'GET' }, headers: { 'x-http-method-override': 'GET', 'x-method-override': 'GET' } }
  t.is((await sam.send('POST', '/oauth2/authorize/x?_method=GET', form)).status, 405)
  t.is((await sam.get(`${LIST}/1/delete?_method=POST`, { headers: { 'x-http-method-override': 'POST' } })).status, 405)
})

test('pages cannot be framed, cached or shared, whatever their status', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const app = await createApp(site, {
    website: 'https://shop.example/"><script>alert(1)</script>',
    name: `Shop ${MARKUP}`,
  })
  await connectApp(site, sam, app)
  const { path, page } = await openConsent(sam, authorizeUrl(app))
  checkPage(t, page, 'consent')
  for (const each of [PAGES, `${PAGES}/1`, `${PAGES}/1/disconnect`, `${PAGES}/99`, `${PAGES}?disconnected=${MARKUP}`]) {
    const answer = await sam.get(each)
    checkPage(t, answer, each)
    t.false(answer.text.includes('<script>alert'), each)
    t.is(answer.headers.get('access-control-allow-origin'), null)
  }
  checkPage(t, await sam.send('POST', `${PAGES}/1/disconnect`), 'disconnect, refused')
  checkPage(t, await sam.send('POST', path), 'consent, refused')
  checkPage(t, await (await site.client()).get(PAGES), 'the way to log in')
  const head = await sam.send('HEAD', path)
  t.deepEqual([head.status, head.text], [200, ''])
})

test('a page of another site can read nothing, although other origins may call the API', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  await connectApp(site, sam, await createApp(site))
  const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  for (const path of ['/rest/v1/me', LIST, `${LIST}/1`]) {
    const { status, json, text } = await sam.get(path, { headers })
    t.deepEqual([status, json.error], [403, 'authorization_required'], 'a cookie alone counts for nothing')
    t.notRegex(text, /sam/)
  }
  t.is((await sam.send('POST', `${LIST}/1/delete`, { headers })).status, 403)
  t.is((await sam.send('POST', `${LIST}/1/delete?_wpnonce=x`, { headers })).json.error, 'rest_cookie_invalid_nonce')
  t.is((await sam.rest('GET', LIST)).json.connected_applications.length, 1)
})

test('property: no path and query below these prefixes causes a 5xx', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const sam = await site.client('sam')
  const part = fc.constantFrom(
    ...['oauth2', 'authorize', 'token', 'consent', 'token-info', 'revoke', 'userinfo', 'register', 'authenticate'],
    ...['.well-known', 'oauth-protected-resource', 'openid-configuration', 'jwks.json', 'me', 'security'],
    ...['connected-apps', 'rest', 'v1', 'v1.1', 'connected-applications', 'disconnect', 'delete', '1', 'apps', 'new'],
    ...['..', '%2e%2e', '%00', '%ff', '', '.', ';', '%', '?', '?client_id=1&client_id[]=2', '&scope[a]=1', '#'],
  )
  const method = fc.constantFrom('GET', 'POST', 'OPTIONS', 'HEAD', 'DELETE')
  await fc.assert(
    fc.asyncProperty(fc.array(part, { maxLength: 7 }), method, async (parts, verb) => {
      const { status } = await sam.send(verb, `${site.url}/${parts.join('/')}`)
      return status < 500 || status === 501
    }),
    { numRuns: 400 },
  )
  t.pass()
})
