import { gzipSync } from 'node:zlib'
import test, { type ExecutionContext } from 'ava'
import { type Answer, basic, type Request } from '../../support/client.ts'
import { sendRaw, verdict } from '../../support/hostile.ts'
import { type App, bearer, CALLBACK, connectApp, createApp, pkce, tokenRequest } from '../../support/oauth.ts'
import { startSite, type TestSite } from '../../support/site.ts'

interface Case {
  site: TestSite
  app: App
  native: App
  /** A good form, of a code that is not there. */
  form: string
}

type Row = [what: string, request: (given: Case) => Request, expected: string]

const typed = (type: string, body: string | Buffer, more: Record<string, string> = {}): Request => ({
  // What it is typed as is what counts; fetch takes bytes too.
  body: body as string,
  headers: { 'content-type': type, ...more },
})
const FORM = 'application/x-www-form-urlencoded'
const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** Of every endpoint where an application says who it is. */
const WHO: Row[] = [
  ['nothing', () => ({}), '400 invalid_request'],
  ['an empty form', () => ({ form: '' }), '400 invalid_request'],
  ['JSON', ({ app }) => ({ json: { client_id: app.id, client_secret: app.secret } }), '400 invalid_request'],
  ['text', ({ form }) => typed('text/plain', form), '400 invalid_request'],
  ['no type', ({ form }) => typed('', form), '400 invalid_request'],
  ['XML', () => typed('application/xml', '<x/>'), '400 invalid_request'],
  ['a type that is none', ({ form }) => typed(';;', form), '400 invalid_request'],
  ['gzip', ({ form }) => typed(FORM, gzipSync(form), { 'content-encoding': 'gzip' }), '400 invalid_request'],
  ['UTF-16', ({ form }) => typed(`${FORM}; charset=utf-16`, Buffer.from(form, 'utf16le')), '400 invalid_request'],
  ['invalid UTF-8', () => typed(FORM, Buffer.from([0x63, 0xff, 0xfe, 0x00, 0x3d, 0x80])), '400 invalid_request'],
  ['64 KB', ({ form }) => ({ form: `${form}&x=${'y'.repeat(65_536)}` }), '413 invalid_request'],
  ['multipart, malformed', () => typed('multipart/form-data; boundary=y', '--x'), '400 invalid_request'],
  ['multipart, no boundary', () => typed('multipart/form-data', '--y--\r\n'), '400 invalid_request'],
  ['multipart, empty', () => typed('multipart/form-data; boundary=y', '--y--\r\n'), '400 invalid_request'],
  ['client_id twice', ({ form, app }) => ({ form: `${form}&client_id=${app.id}` }), '400 invalid_request'],
  ['secret twice', ({ form, app }) => ({ form: `${form}&client_secret=${app.secret}` }), '400 invalid_request'],
  ['nested client_id', ({ app }) => ({ form: `client_id[a]=${app.id}&client_id[]=${app.id}` }), '400 invalid_request'],
  ['names of a prototype', () => ({ form: '__proto__[client_id]=1&constructor=1&__proto__=1' }), '400 invalid_request'],
  ['NUL', ({ form, app }) => ({ form: form.replace(app.id, `${app.id}%00`) }), '401 invalid_client'],
  ['lone surrogate', ({ form, app }) => ({ form: form.replace(app.id, '%ED%A0%80') }), '401 invalid_client'],
  ['an unknown client', ({ form, app }) => ({ form: form.replace(app.id, '999999999999') }), '401 invalid_client'],
  [
    'an address as client',
    ({ form, app }) => ({ form: form.replace(app.id, 'https://127.0.0.1/') }),
    '401 invalid_client',
  ],
  ['no secret', ({ app }) => ({ form: `client_id=${app.id}&token=x` }), '401 invalid_client'],
  ['an empty secret', ({ app }) => ({ form: `client_id=${app.id}&client_secret=&token=x` }), '401 invalid_client'],
  ['a wrong secret', ({ form, app }) => ({ form: form.replace(app.secret ?? '', 'wrong') }), '401 invalid_client'],
  [
    'a secret for who has none',
    ({ native }) => ({ form: `client_id=${native.id}&client_secret=x` }),
    '401 invalid_client',
  ],
  ['Basic, not base64', () => ({ form: 'token=x', headers: { authorization: 'Basic !!!' } }), '400 invalid_request'],
  ['Basic, empty', () => ({ form: 'token=x', headers: { authorization: 'Basic ' } }), '400 invalid_request'],
  ['Basic, no colon', () => ({ form: 'token=x', headers: { authorization: 'Basic YWJj' } }), '400 invalid_request'],
  ['Basic, bad escapes', () => ({ form: 'token=x', headers: basic('%zz', '%ff') }), '401 invalid_client'],
  ['Basic, no secret', ({ app }) => ({ form: 'token=x', headers: basic(app.id, '') }), '401 invalid_client'],
  ['Basic, wrong secret', ({ app }) => ({ form: 'token=x', headers: basic(app.id, 'wrong') }), '401 invalid_client'],
  ['Basic, 12 KB', ({ app }) => ({ form: 'x', headers: basic(app.id, 'x'.repeat(9000)) }), '401 invalid_client'],
  [
    'Basic, another id',
    ({ app, native }) => ({ form: `client_id=${native.id}`, headers: basic(app.id, app.secret ?? '') }),
    '400 invalid_request',
  ],
  ['another secret in the header', ({ form, app }) => ({ form, headers: basic(app.id, 'x') }), '400 invalid_request'],
  ['Bearer alone', () => ({ form: 'token=x', headers: bearer('x') }), '400 invalid_request'],
  [
    'an assertion',
    () => ({ form: `client_assertion=e30.e30.x&client_assertion_type=${JWT_BEARER}` }),
    '400 invalid_request',
  ],
]

const grant = (type: string, more = '') => ({
  request: ({ app }: Case): Request => ({
    form: `client_id=${app.id}&client_secret=${app.secret}&grant_type=${type}${more}`,
  }),
})

const TOKEN: Row[] = [
  ['a code that is not there', ({ form }) => ({ form }), '400 invalid_grant'],
  ['code twice', ({ form }) => ({ form: `${form}&code=y` }), '400 invalid_request'],
  ['code[]', ({ form }) => ({ form: form.replace('&code=', '&code[]=') }), '400 invalid_request'],
  ['redirect_uri twice', ({ form }) => ({ form: `${form}&redirect_uri=${CALLBACK}` }), '400 invalid_request'],
  ['grant_type twice', ({ form }) => ({ form: `${form}&grant_type=refresh_token` }), '400 invalid_request'],
  [
    'code with NUL and broken UTF-8',
    ({ form }) => ({ form: form.replace('code=x', 'code=%00%ff%ED%A0%80') }),
    '400 invalid_grant',
  ],
  [
    'a code of 15 KB',
    ({ form }) => ({ form: form.replace('code=x', `code=${'x'.repeat(15_000)}`) }),
    '400 invalid_grant',
  ],
  ['a malformed verifier', ({ form }) => ({ form: `${form}&code_verifier=short` }), '400 invalid_grant'],
  ['a browser’s Accept', ({ form }) => ({ form, headers: { accept: 'text/html' } }), '400 invalid_grant'],
  ['DPoP', ({ form }) => ({ form, headers: { dpop: 'x.y.z' } }), '400 invalid_grant'],
  [
    'another method by header',
    ({ form }) => ({ form: `${form}&_method=GET`, headers: { 'x-http-method-override': 'GET' } }),
    '400 invalid_grant',
  ],
  ['no code', grant('authorization_code').request, '400 invalid_request'],
  ['no refresh token', grant('refresh_token').request, '400 invalid_request'],
  ['refresh token twice', grant('refresh_token', '&refresh_token=a&refresh_token=b').request, '400 invalid_request'],
  ['a strange refresh token', grant('refresh_token', '&refresh_token=%00%ff').request, '400 invalid_grant'],
  ['no grant type', grant('').request, '400 invalid_request'],
  ...[
    'password&username=admin&password=x',
    'client_credentials',
    'implicit',
    'urn:ietf:params:oauth:grant-type:device_code&device_code=x',
    'urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=x',
    'urn:ietf:params:oauth:grant-type:token-exchange&subject_token=x',
    '__proto__',
    'constructor',
    'authorization_code%00',
    'AUTHORIZATION_CODE',
  ].map((type): Row => [`grant type ${type}`, grant(type).request, '400 unsupported_grant_type']),
]

const ABOUT: Row[] = [
  ['no token', ({ form }) => ({ form: form.replace('token=x', '') }), '400 invalid_request'],
  ['token twice', ({ form }) => ({ form: `${form}&token=y` }), '400 invalid_request'],
  ['token[]', ({ form }) => ({ form: form.replace('token=x', 'token[]=x') }), '400 invalid_request'],
]

async function tryAll(t: ExecutionContext, path: string, rows: Row[]): Promise<void> {
  const site = await startSite(t)
  const app = await createApp(site)
  const native = await createApp(site, { type: 'native' })
  const code = { code: 'x', redirect_uri: CALLBACK, token: 'x' }
  const good = { client_id: app.id, client_secret: app.secret ?? '', grant_type: 'authorization_code', ...code }
  const given = { site, app, native, form: new URLSearchParams(good).toString() }
  const script = await site.client()
  for (const [what, request, expected] of rows) {
    const answer = await script.send('POST', path, request(given))
    t.is(verdict(answer, CALLBACK), expected, what)
    t.is(answer.headers.get('cache-control'), 'no-store', what)
    t.is(answer.headers.get('x-content-type-options'), 'nosniff', what)
    t.deepEqual(answer.headers.getSetCookie(), [], what)
    for (const secret of [app.secret ?? '', 'wrong', 'evil']) t.false(answer.text.includes(secret), what)
  }
}

test('token', t => tryAll(t, '/oauth2/token', [...WHO, ...TOKEN]))
test('token-info', t => tryAll(t, '/oauth2/token-info', [...WHO, ...ABOUT]))
test('revoke', t => tryAll(t, '/oauth2/revoke', [...WHO, ...ABOUT]))

test('a stored hash does not work as a secret', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const { secret_hash } = await site.knex('connect_oauth_clients').where({ client_id: app.id }).first()
  const { status } = await tokenRequest(
    site,
    { ...app, secret: secret_hash },
    { grant_type: 'refresh_token', refresh_token: 'x' },
  )
  t.is(status, 401)
  const { access_token, refresh_token } = await connectApp(site, await site.client('sam'), app)
  const hashes: string[] = (await site.knex('connect_oauth_tokens').select('hash')).map(({ hash }) => hash)
  const script = await site.client()
  t.true(hashes.length >= 2 && !hashes.includes(access_token) && !hashes.includes(refresh_token))
  for (const hash of hashes) {
    t.is((await script.get('/rest/v1/me', { headers: bearer(hash) })).status, 401)
    const { json } = await tokenRequest(site, app, { grant_type: 'refresh_token', refresh_token: hash })
    t.is(json.error, 'invalid_grant')
  }
})

test('a body with a wrong length or bad chunks gets a 400, or no response', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const form = 'grant_type=authorization_code&code=x'
  for (const path of [
    '/oauth2/token',
    '/oauth2/token-info',
    '/oauth2/revoke',
    '/oauth2/register',
    '/oauth2/userinfo',
  ]) {
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FORM}\r\n`
    for (const [what, rest] of Object.entries({
      shorter: `Connection: close\r\nContent-Length: 5\r\n\r\n${form}`,
      'two lengths': `Content-Length: 5\r\nContent-Length: 6\r\n\r\n${form}`,
      'a length and chunks': `Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n${form}`,
      'no length': `Content-Length: x\r\n\r\n${form}`,
      'a negative length': `Content-Length: -1\r\n\r\n${form}`,
      'bad chunks': `Transfer-Encoding: chunked\r\n\r\nzz\r\n${form}`,
      'an unknown encoding': `Transfer-Encoding: gzip\r\n\r\n${form}`,
    }))
      t.regex(await sendRaw(site, `${head}${rest}`), /^(HTTP\/1\.1 40[01] |$)/, `${path} ${what}`)
  }
})

test('userinfo and the old token-info reveal nothing to unauthorized callers', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const sam = await site.client('sam')
  const posts = await connectApp(site, sam, app, { scope: 'posts' })
  const about = await connectApp(site, sam, app, { scope: 'openid', resource: `${site.url}/api` })
  const script = await site.client()
  const ask = async (method: string, request: Request, query = '') =>
    verdict(await script.send(method, `/oauth2/userinfo${query}`, request), CALLBACK)
  const values: Record<string, string> = {
    Bearer: '400 invalid_request',
    'Bearer ': '400 invalid_request',
    'Bearer a b': '400 invalid_request',
    'Bearer a,b': '401 invalid_token',
    'Bearer \u00ff': '401 invalid_token',
    [`Bearer ${'x'.repeat(14_000)}`]: '401 invalid_token',
    'Basic YWRtaW46eA==': '400 invalid_request',
    'DPoP x': '400 invalid_request',
    [`Bearer ${posts.access_token}`]: '403 insufficient_scope',
    [`Bearer ${about.access_token}`]: '401 invalid_token',
    [`Bearer ${posts.refresh_token}`]: '401 invalid_token',
  }
  for (const [authorization, expected] of Object.entries(values))
    for (const method of ['GET', 'POST'])
      t.is(await ask(method, { headers: { authorization } }), expected, authorization)
  t.is(await ask('GET', {}), '401 invalid_token')
  t.is(await ask('GET', {}, `?access_token=${posts.access_token}`), '401 invalid_token', 'none in an address')
  t.is(await ask('POST', { form: `access_token=${posts.access_token}&access_token=x` }), '400 invalid_request')
  t.is(await ask('POST', { json: { access_token: posts.access_token } }), '400 invalid_request')

  const { id } = app
  const query = (parameters: string) => script.get(`/oauth2/token-info?${parameters}`)
  const token = posts.access_token
  t.is((await query(`client_id=${id}&token=${token}`)).status, 200)
  const other = await createApp(site)
  for (const parameters of [
    '',
    `token=${token}`,
    `client_id=${id}`,
    `client_id=${other.id}&token=${token}`,
    `client_id[]=${id}&token[]=${token}`,
    `client_id=${id}&token=${token}%00`,
    `client_id=%00${id}&token=${token}`,
    `client_id=${id}&token=${token}&token=x`,
    `client_id=${id}&token=${posts.refresh_token}`,
    `client_id=${id}&token=%ff%zz%ED%A0%80`,
    `client_id=${id}&token=${'x'.repeat(14_000)}`,
  ])
    t.is(verdict(await query(parameters), CALLBACK), '400 invalid_request', parameters.slice(0, 80))
})

test('scripts of any origin may call these endpoints, and cookies have no effect', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const headers = { origin: 'https://evil.example' }
  const answers: Answer[] = []
  for (const path of ['token', 'token-info', 'revoke', 'userinfo']) {
    answers.push(await sam.send('POST', `/oauth2/${path}`, { headers, form: 'token=x' }))
    answers.push(await sam.send('OPTIONS', `/oauth2/${path}`, { headers }))
  }
  for (const path of ['oauth-authorization-server', 'openid-configuration', 'jwks.json', 'oauth-protected-resource'])
    answers.push(await sam.get(`/.well-known/${path}`, { headers }))
  for (const { headers: given, text } of answers) {
    t.regex(given.get('access-control-allow-origin') ?? '', /^(\*|https:\/\/evil\.example)$/)
    t.is(given.get('access-control-allow-credentials'), null)
    t.notRegex(text, /sam@|"sam"/)
  }
  for (const key of (await sam.get('/.well-known/jwks.json')).json.keys)
    t.deepEqual(
      Object.keys(key).sort(),
      key.kty === 'RSA' ? ['alg', 'e', 'kid', 'kty', 'n', 'use'] : ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
      'the public half of a key',
    )
  const app = await createApp(site)
  const page = await sam.get(
    `/oauth2/authorize?client_id=${app.id}&response_type=code&code_challenge=${pkce().challenge}`,
    { headers },
  )
  t.is(page.headers.get('access-control-allow-origin'), null)
})
