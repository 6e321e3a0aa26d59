import test from 'ava'
import { checkPage, codeOf, MARKUP, sendRaw, verdict } from '../../support/hostile.ts'
import { authorizeUrl, CALLBACK, createApp, openConsent, pkce } from '../../support/oauth.ts'
import { startSite } from '../../support/site.ts'

const { challenge } = pkce()
const S256 = `code_challenge=${challenge}&code_challenge_method=S256`

/** What is added to a good request, and what becomes of it. */
const REQUESTS: [added: string, expected: string][] = [
  // Repeated, nested, broken.
  ['client_id=1', '400 invalid_request'],
  [`redirect_uri=${CALLBACK}`, 'back invalid_request'],
  ['redirect_uri=https://evil.example', 'back invalid_request'],
  ['redirect_uri[]=https://evil.example', 'asks'],
  ['scope=posts&scope=media', 'back invalid_request'],
  ['scope[]=posts', 'asks'],
  ['scope[a]=posts&scope[__proto__]=x&__proto__[scope]=x', 'asks'],
  ['state=other', 'back invalid_request'],
  ['response_type=code', 'back invalid_request'],
  ['blog=1&blog=2', 'back invalid_request'],
  ['__proto__=1&constructor=2&hasOwnProperty=3&toString=4', 'asks'],
  ['scope=%ff%zz%', 'asks'],
  ['scope=po%00sts', 'asks'],
  ['scope=%22%3E%3Cscript%3E', 'asks'],
  ['blog=%ED%A0%80%00', 'asks'],
  ['&&&==&%&%00=%00', 'asks'],
  // Bounded: it is kept until the user has answered.
  [`blog=${'9'.repeat(2048)}`, 'asks'],
  [`blog=${'9'.repeat(2049)}`, 'back invalid_request'],
  [`!state=${'9'.repeat(2048)}`, 'asks'],
  [`!state=${'9'.repeat(2049)}`, 'back invalid_request'],
  [`scope=openid&nonce=${'9'.repeat(2048)}`, 'asks'],
  [`scope=openid&nonce=${'9'.repeat(2049)}`, 'back invalid_request'],
  [`resource=SITE/api/${'9'.repeat(2048)}`, 'back invalid_request'],
  [`login_hint=${'9'.repeat(9000)}&ui_locales=${'9'.repeat(2000)}`, 'asks'],
  // What this site does not do.
  ['!response_type=token', 'back unsupported_response_type'],
  ['!response_type=id_token&nonce=x', 'back unsupported_response_type'],
  ['!response_type=none', 'back unsupported_response_type'],
  ['!response_type=code token', 'back unsupported_response_type'],
  ['!response_type=', 'back invalid_request'],
  ['response_mode=fragment', 'asks'],
  ['response_mode=form_post', 'asks'],
  ['response_mode=web_message', 'back unsupported_response_mode'],
  ['response_mode=query.jwt', 'back unsupported_response_mode'],
  ['response_mode=__proto__', 'back unsupported_response_mode'],
  ['request=eyJhbGciOiJub25lIn0.e30.', 'back request_not_supported'],
  ['request_uri=https://evil.example/request', 'back request_uri_not_supported'],
  ['registration=%7B%7D', 'asks'],
  ['registration=%7B%7D&scope=openid', 'back registration_not_supported'],
  ['claims=%7B%22userinfo%22:%7B%22email%22:null%7D%7D', 'asks'],
  ['claims=%7B', 'asks'],
  ['prompt=none', 'back consent_required'],
  ['prompt=none consent', 'back invalid_request'],
  ['prompt=none login', 'back invalid_request'],
  ['prompt=consent&prompt=consent', 'back invalid_request'],
  ['prompt=garbage', 'asks'],
  ['prompt=select_account', 'asks'],
  ['prompt=%20consent%20%20create', 'asks'],
  ['prompt=admin_consent', 'asks'],
  ['prompt=', 'asks'],
  // OpenID Connect’s, without its scope.
  ['max_age=-1&id_token_hint=x&acr_values=x&claims_locales=x&display=x', 'asks'],
  ['nonce=x', 'asks'],
  ['nonce=x&nonce=y&max_age=0&max_age=1', 'asks'],
  // With it.
  ['scope=openid&nonce=x&id_token_hint=x&acr_values=x&claims_locales=x&display=x', 'asks'],
  ['scope=openid&max_age=-1', 'back invalid_request'],
  ['scope=openid&max_age=1e3', 'back invalid_request'],
  ['scope=openid&max_age=-0', 'back invalid_request'],
  ['scope=openid&max_age=%205', 'back invalid_request'],
  ['scope=openid&max_age=60&max_age=60', 'back invalid_request'],
  ['scope=openid&max_age=', 'asks'],
  ['scope=openid&max_age=86400', 'asks'],
  ['scope=openid&nonce=x&nonce=y', 'back invalid_request'],
  // Nobody sets what is kept for the consent page.
  ['log_in_after=99999999999999', 'asks'],
  // Without a value: as if absent.
  ['state=&nonce=&prompt=&resource=&blog=&request=&request_uri=&registration=&max_age=&response_mode=&scope=', 'asks'],
  ['response_type=&client_id=&redirect_uri=', 'asks'],
  // PKCE.
  [`code_challenge=${challenge}&code_challenge_method=plain`, 'back invalid_request'],
  [`code_challenge=${challenge}`, 'back invalid_request'],
  ['code_challenge=short&code_challenge_method=S256', 'back invalid_request'],
  [`code_challenge=${'x'.repeat(129)}&code_challenge_method=S256`, 'back invalid_request'],
  ['code_challenge_method=S256', 'back invalid_request'],
  [`${S256}&${S256}`, 'back invalid_request'],
  // Scopes and resources.
  ['scope=nothing', 'asks'],
  ['scope=auth posts', 'back invalid_scope'],
  ['scope=global,media', 'back invalid_scope'],
  ['scope=constructor __proto__', 'asks'],
  ['resource=https://evil.example', 'back invalid_target'],
  ['resource=/api', 'back invalid_target'],
  ['resource=%%%', 'back invalid_target'],
  ['resource=SITE/api&resource=https://evil.example', 'back invalid_target'],
  ['resource=SITE.evil.example', 'back invalid_target'],
  ['resource=SITE@evil.example', 'back invalid_target'],
  ['resource=SITE/wp-admin', 'back invalid_target'],
  ['resource=SITE/api/../wp-admin', 'back invalid_target'],
  ['resource=SITE/api%23fragment', 'back invalid_target'],
  ['resource[]=https://evil.example', 'asks'],
]

test('a hostile request gets an error at the application’s own redirect URI, or the normal consent page', async t => {
  const site = await startSite(t)
  const user = await site.client('admin')
  const app = await createApp(site)
  for (const path of ['authorize', 'authenticate']) {
    for (const [added, expected] of REQUESTS) {
      const replaced = /^!(\w+)=/.exec(added)?.[1]
      const good = new URLSearchParams(authorizeUrl(app).split('?')[1])
      if (replaced) good.delete(replaced)
      const answer = await user.get(`/oauth2/${path}?${good}&${added.replace('!', '').replaceAll('SITE', site.url)}`)
      const what = `${path} ${added.slice(0, 80)}`
      t.is(verdict(answer, CALLBACK), expected, what)
      checkPage(t, answer, what)
      t.is(answer.text === '' || codeOf(answer) !== '', true, what)
      t.notRegex(answer.headers.getSetCookie().join(), /koa_wp_connect_oauth/, 'the provider has no session of its own')
      const [, told = ''] = (answer.headers.get('location') ?? '').split(/[?#]/)
      if (expected.startsWith('back')) t.is(new URLSearchParams(told).get('iss'), site.url, what)
    }
  }
})

/** Each is something else than `https://app.example/callback`, if only to some browser or proxy. */
const LOOK_ALIKES = [
  'HTTPS://app.example/callback',
  'https://APP.example/callback',
  'https://app.example/Callback',
  'https://app.example/callback/',
  'https://app.example//callback',
  'https://app.example/callback?',
  'https://app.example/callback?x=1',
  'https://app.example/callback&x=1',
  'https://app.example/callback;x',
  'https://app.example/callback#',
  'https://app.example/callback#x',
  'https://app.example/callback/../callback',
  'https://app.example/x/../callback',
  'https://app.example/./callback',
  'https://app.example/%2e%2e/callback',
  'https://app.example/%63allback',
  'https://app.example/callback%2f..%2fevil',
  'https://app.example/callback%0d%0aLocation:https://evil.example',
  'https://app.example/callback%00',
  'https://app.example/callback\0',
  'https://app.example/callback\r\nX: y',
  'https://app.example/callback ',
  ' https://app.example/callback',
  '\thttps://app.example/callback',
  'https://app.example/callback\u200b',
  'https://user@app.example/callback',
  'https://app.example@evil.example/callback',
  'https://app.example:443/callback',
  'https://app.example:8443/callback',
  'https://app.example.evil.example/callback',
  'https://app.example./callback',
  'https://app.exampl/callback',
  'https://app.example',
  'https://evil.example/https://app.example/callback',
  'https://evil.example?https://app.example/callback',
  'https://evil.example#https://app.example/callback',
  'https://evil.example\\@app.example/callback',
  'https://app.example\\.evil.example/callback',
  'https:\\\\app.example\\callback',
  'https:/app.example/callback',
  'https:app.example/callback',
  '//app.example/callback',
  '/callback',
  'app.example/callback',
  'http://app.example/callback',
  'https://\u0430pp.example/callback',
  'https://xn--pp-7kc.example/callback',
  'https://app\u3002example/callback',
  'https://\uff41pp.example/callback',
  'javascript:alert(1)//https://app.example/callback',
  'data:text/html,https://app.example/callback',
  'https://*.example/callback',
  '*',
  MARKUP,
  `https://app.example/callback${'x'.repeat(9000)}`,
]

test('a lookalike of the registered redirect URI gets an error page here, and no redirect', async t => {
  const site = await startSite(t)
  const user = await site.client('admin')
  const app = await createApp(site)
  // Whatever else is wrong with the request.
  for (const more of [{}, { response_type: 'token' }, { scope: 'nothing' }, { prompt: 'none' }, { request: 'x' }]) {
    for (const redirect_uri of LOOK_ALIKES) {
      const answer = await user.get(authorizeUrl(app, { redirect_uri, ...more }))
      const what = `${JSON.stringify(redirect_uri.slice(0, 60))} ${JSON.stringify(more)}`
      t.is(verdict(answer, CALLBACK), '400 invalid_redirect_uri', what)
      checkPage(t, answer, what)
      t.false(answer.text.includes('evil.example') || answer.text.includes('<script>alert'), what)
    }
  }
})

test('for loopback URIs only the port may differ', async t => {
  const site = await startSite(t)
  const user = await site.client('admin')
  const app = await createApp(site, { type: 'native', redirectUris: ['http://127.0.0.1/callback', 'my.app:/callback'] })
  const ask = (redirect_uri: string, response_type = 'code') =>
    user.get(
      authorizeUrl(app, { redirect_uri, response_type, code_challenge: challenge, code_challenge_method: 'S256' }),
    )
  for (const port of ['', ':1', ':5000', ':65535'])
    t.is(verdict(await ask(`http://127.0.0.1${port}/callback`), 'x'), 'asks', port)
  t.is(verdict(await ask('HTTP://127.0.0.1:5000/callback'), 'x'), 'asks')
  for (const uri of [
    'http://127.0.0.1:65536/callback',
    'http://127.0.0.1:99999/callback',
    'http://127.0.0.1:5000/callback/',
    'http://127.0.0.1:5000/callback?x',
    'http://127.0.0.1:5000/callback#x',
    'http://127.0.0.1:5000',
    'http://127.0.0.1:5000@evil.example/callback',
    'http://127.0.0.1:x@evil.example/callback',
    'http://user@127.0.0.1:5000/callback',
    'http://127.0.0.1.evil.example/callback',
    'http://127.0.0.1:-1/callback',
    'http://127.0.0.1:5000:6000/callback',
    'http://127.0.0.1:５０００/callback',
    'http://localhost:5000/callback',
    'http://[::1]:5000/callback',
    'http://[::ffff:127.0.0.1]:5000/callback',
    'http://2130706433/callback',
    'http://0x7f.1/callback',
    'http://127.1:5000/callback',
    'https://127.0.0.1:5000/callback',
    'http:127.0.0.1:5000/callback',
    'my.app:/Callback',
    'my.app:/callback/',
    'my.app:/callback?x',
    'my.app://callback',
    'MY.APP:/callback',
  ]) {
    t.is(verdict(await ask(uri), 'x'), '400 invalid_redirect_uri', uri)
    t.is(verdict(await ask(uri, 'token'), 'x'), '400 invalid_redirect_uri', `${uri}, and another mistake`)
  }
})

test('an unknown application gets an error page here, whatever redirect URI it names', async t => {
  const site = await startSite(t)
  const user = await site.client('admin')
  const app = await createApp(site)
  const strange = [
    '999999999999',
    '0',
    '-1',
    '1e3',
    '__proto__',
    'constructor',
    '\0',
    `${app.id}\0`,
    ` ${app.id}`,
    MARKUP,
  ]
  const ids = [
    ...strange,
    `${app.id}.0`,
    `0${app.id}`,
    "' OR 1=1 --",
    'x'.repeat(9000),
    '１２３',
    'https://127.0.0.1/c',
  ]
  for (const id of ids) {
    const answer = await user.get(authorizeUrl({ ...app, id }))
    t.is(verdict(answer, CALLBACK), '400 invalid_client', id)
    checkPage(t, answer, id)
    t.false(answer.text.includes('<script>alert'))
  }
  for (const query of [
    '',
    'client_id=',
    'client_id[]=1',
    'client_id[a]=1',
    `redirect_uri=${CALLBACK}&response_type=code`,
  ])
    t.is(verdict(await user.get(`/oauth2/authorize?${query}`), CALLBACK), '400 invalid_request', query)
  // Of several addresses the application has to name one.
  const two = await createApp(site, { redirectUris: [CALLBACK, 'https://app.example/other'] })
  for (const query of ['', '&redirect_uri=', `&redirect_uri=${CALLBACK}&redirect_uri=${CALLBACK}`])
    t.is(
      verdict(await user.get(`/oauth2/authorize?client_id=${two.id}&response_type=code${query}`), CALLBACK),
      '400 invalid_request',
    )
})

test('no parameter is repeated as markup on a page, or as a line in a header', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const user = await site.client('admin')
  const script = await site.client()
  const name = `Shop ${MARKUP}`
  const website = 'https://shop.example/"onmouseover="alert(1)'
  const registered = await script.send('POST', '/oauth2/register', {
    json: { redirect_uris: [`${CALLBACK}?'"><script>alert(1)</script>`], client_name: name, client_uri: website },
  })
  const app = { id: registered.json.client_id, secret: null, redirectUri: registered.json.redirect_uris[0] }
  for (const each of ['state', 'nonce', 'scope', 'blog', 'login_hint', 'ui_locales', 'display', 'resource', 'prompt']) {
    for (const value of [MARKUP, 'a\r\nSet-Cookie: planted=1\r\n\r\n<script>alert(1)</script>']) {
      const started = await user.get(authorizeUrl(app, { scope: 'openid posts', [each]: value }))
      const location = started.headers.get('location') ?? ''
      const page = location.startsWith('/') ? await user.get(location) : started
      t.false(page.text.includes('<script>alert'), each)
      t.notRegex(location, /["<>\r\n]/, each)
      t.false(user.cookies.has('planted'))
    }
  }
  const { page } = await openConsent(user, authorizeUrl(app, { state: MARKUP }))
  checkPage(t, page, 'consent')
  t.is(page.status, 200)
  t.true(page.text.includes('Shop &quot;&gt;&lt;script&gt;'))
  t.false(page.text.includes('"onmouseover='))
  t.notRegex(page.headers.get('content-security-policy') ?? '', /unsafe|\*|https?:/)
})

test('URLs use the site’s own, whatever the request says of its host', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const app = await createApp(site)
  const lines = [
    'X-Forwarded-Host: evil.example',
    'X-Forwarded-Proto: evil',
    'X-Forwarded-Port: 666',
    'X-Forwarded-Prefix: /evil.example',
    'X-Original-URL: https://evil.example/',
    'X-Rewrite-URL: https://evil.example/',
    'X-Host: evil.example',
    'Forwarded: for=evil.example;host=evil.example;proto=https',
    'Referer: https://evil.example/',
    'Connection: close',
  ].join('\r\n')
  const paths = [
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
    '/.well-known/jwks.json',
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/api',
    '/.well-known/oauth-protected-resource/api/mcp',
    '/.well-known/oauth-protected-resource//evil',
    authorizeUrl(app),
    authorizeUrl(app, { response_type: 'token' }),
    authorizeUrl(app, { client_id: '1' }),
    '/oauth2/consent/x',
    '/oauth2/authorize/x',
    '/oauth2/userinfo',
    '/oauth2/token',
    '/rest/v1/me',
    '/rest/v1.1/me/connected-applications',
    '/api/posts',
    '/me/security/connected-apps',
    '/me/security/connected-apps/1/disconnect',
    '/wp-json/',
  ]
  for (const path of paths) {
    for (const [host, target] of [
      ['evil.example', path],
      ['evil.example@localhost', path],
      ['localhost:1, evil.example', path],
      ['[]{}', path],
      [site.url.slice(7), `${site.url}${path}`],
    ]) {
      const answer = await sendRaw(site, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${lines}\r\n\r\n`)
      t.regex(answer, /^HTTP\/1\.1 (200|30\d|40\d) /, `${path} ${host}`)
      t.notRegex(answer, /evil\.example|localhost:1\b|evil:|:666/, `${path} ${host}`)
    }
  }
})
