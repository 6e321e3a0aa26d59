import test from 'ava'
import { Client, ME } from '../support/client.ts'
import {
  authorize,
  authorizeUrl,
  bearer,
  connectApp,
  createApp,
  openConsent,
  pkce,
  press,
  redeem,
  refresh,
  tokenRequest,
} from '../support/oauth.ts'
import { startSite } from '../support/site.ts'

test('an application is authorized, and gets tokens in the format that WordPress.com’s clients read', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const app = await createApp(site, { website: 'https://shop.example' })
  const code = await authorize(owner, app, { scope: 'posts' })
  const { status, json, headers } = await redeem(site, app, code)
  t.is(status, 200)
  t.is(headers.get('cache-control'), 'no-store')
  const { access_token, refresh_token, ...rest } = json
  t.deepEqual(rest, { token_type: 'bearer', expires_in: 3600, scope: 'posts', blog_id: '1', blog_url: site.url })
  for (const token of [access_token, refresh_token]) t.regex(token, /^[\w-]{43}$/)
  const script = await site.client()
  t.is((await script.get('/api/posts', { headers: bearer(access_token) })).json.seenBy, 'admin')
  t.is((await script.get(ME, { headers: bearer(access_token) })).json.name, 'admin')
  t.is((await script.get('/rest/v1.1/me', { headers: bearer(access_token) })).json.ID, 1)
})

test('deny: the application gets an error with its state', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const app = await createApp(site)
  const back = await press(owner, await openConsent(owner, authorizeUrl(app)), 'reject')
  t.is(back.origin + back.pathname, app.redirectUri)
  t.is(back.searchParams.get('error'), 'access_denied')
  t.truthy(back.searchParams.get('error_description'))
  t.is(back.searchParams.get('state'), 'xyz')
  t.is(back.searchParams.get('iss'), site.url)
  t.is(back.searchParams.get('code'), null)
})

test('a native application has no secret, and needs PKCE', async t => {
  const site = await startSite(t)
  const app = await createApp(site, { type: 'native', redirectUris: ['http://127.0.0.1/callback'] })
  t.is(app.secret, null)
  const sam = await site.client('sam')
  const without = await sam.get(authorizeUrl(app))
  t.regex(without.headers.get('location') ?? '', /^http:\/\/127\.0\.0\.1\/callback\?error=invalid_request/)
  // At whatever port it listens (RFC 8252, 7.3), and at no other host or path.
  const listening = { ...app, redirectUri: 'http://127.0.0.1:51234/callback' }
  t.is((await connectApp(site, sam, listening)).scope, 'posts media taxonomy')
  for (const redirectUri of ['http://localhost:51234/callback', 'http://127.0.0.1:51234/other']) {
    const { status, headers } = await sam.get(authorizeUrl({ ...app, redirectUri }))
    t.deepEqual([status, headers.get('location')], [400, null], redirectUri)
  }
})

test('PKCE: a code redeemed without its verifier, or with another one, gives no tokens', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const app = await createApp(site)
  const { challenge } = pkce()
  const query = { code_challenge: challenge, code_challenge_method: 'S256' }
  for (const verifier of [undefined, pkce().verifier]) {
    const { status, json } = await redeem(site, app, await authorize(sam, app, query), verifier)
    t.deepEqual([status, json.error], [400, 'invalid_grant'])
  }
})

test('a client written for WordPress.com: no PKCE, no scope, no iss, one token for 14 days', async t => {
  const site = await startSite(t)
  const app = await createApp(site, { legacy: true })
  const sam = await site.client('sam')
  const answered = await press(sam, await openConsent(sam, authorizeUrl(app)), 'approve')
  t.deepEqual([...answered.searchParams.keys()], ['code', 'state'])
  const { json } = await redeem(site, app, answered.searchParams.get('code') ?? '')
  t.deepEqual(Object.keys(json).sort(), ['access_token', 'blog_id', 'blog_url', 'expires_in', 'scope', 'token_type'])
  t.is(json.expires_in, 14 * 24 * 3600)
  t.is(json.scope, 'posts media taxonomy')
})

test('a token request may be multipart, as PHP sends an array, and the secret may be in the header', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const app = await createApp(site)
  const fields = { grant_type: 'authorization_code', redirect_uri: app.redirectUri }

  const form = new FormData()
  const sent = { ...fields, client_id: app.id, client_secret: app.secret ?? '', code: await authorize(sam, app) }
  for (const [name, value] of Object.entries(sent)) form.append(name, value)
  const multipart = await fetch(`${site.url}/oauth2/token`, { method: 'POST', body: form })
  t.is(multipart.status, 200, await multipart.text())

  const credentials = Buffer.from(`${app.id}:${app.secret}`).toString('base64')
  const byHeader = await new Client(site.url).send('POST', '/oauth2/token', {
    headers: { authorization: `Basic ${credentials}` },
    form: { ...fields, code: await authorize(sam, app) },
  })
  t.is(byHeader.status, 200)
})

test('a refresh token works once; a second use, after its grace period, ends the whole grant', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const app = await createApp(site)
  const first = await connectApp(site, sam, app)
  const reused: string[] = []
  site.connect.on('oauth-token-reused', ({ clientId }) => void reused.push(clientId))
  const second = await refresh(site, app, first.refresh_token)
  t.is(second.status, 200)
  t.not(second.json.refresh_token, first.refresh_token)
  t.is(second.json.blog_id, '1')
  const script = await site.client()
  const seen = async (token: string) => (await script.get(ME, { headers: bearer(token) })).status
  t.deepEqual([await seen(first.access_token), await seen(second.json.access_token)], [200, 200])

  await site
    .knex('connect_oauth_tokens')
    .whereNotNull('consumed')
    .update({ consumed: Date.now() - 21_000 })
  const replayed = await refresh(site, app, first.refresh_token)
  t.deepEqual([replayed.status, replayed.json.error], [400, 'invalid_grant'])
  t.deepEqual([await seen(first.access_token), await seen(second.json.access_token)], [401, 401])
  t.is((await refresh(site, app, second.json.refresh_token)).json.error, 'invalid_grant')
  t.deepEqual(reused, [app.id])
  t.deepEqual((await sam.rest('GET', '/rest/v1.1/me/connected-applications')).json.connected_applications, [])
})

test('a refresh may request fewer scopes, never more', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const tokens = await connectApp(site, await site.client('sam'), app, { scope: 'posts' })
  const more = await refresh(site, app, tokens.refresh_token, { scope: 'posts media' })
  t.deepEqual([more.status, more.json.error], [400, 'invalid_scope'])
  const other = await connectApp(site, await site.client('sam'), app)
  t.is((await refresh(site, app, other.refresh_token, { scope: 'media' })).json.scope, 'media')
})

test('scopes: unknown ones are dropped, commas separate them, and some cannot be combined', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const app = await createApp(site)
  t.is((await connectApp(site, sam, app, { scope: 'posts read write' })).scope, 'posts')
  t.is((await connectApp(site, sam, app, { scope: 'posts,media' })).scope, 'posts media')
  // As WordPress's MCP client asks every site.
  t.is((await connectApp(site, sam, app, { scope: 'read write' })).scope, 'posts media taxonomy')
  for (const scope of ['global posts', 'auth posts', 'auth global']) {
    const { headers } = await sam.get(authorizeUrl(app, { scope }))
    t.is(new URL(headers.get('location') ?? '').searchParams.get('error'), 'invalid_scope', scope)
  }
})

test('auth only identifies the user; global gives access to every site', async t => {
  const site = await startSite(t, { SITES: '[{"id":7,"name":"Shop","url":"https://shop.example"}]' })
  const sam = await site.client('sam')
  const app = await createApp(site)
  const script = await site.client()
  const login = await connectApp(site, sam, app, { scope: 'auth' })
  t.like(login, { scope: 'auth', blog_id: '0', blog_url: site.url })
  t.is((await script.get('/rest/v1/me', { headers: bearer(login.access_token) })).json.username, 'sam')
  const refused = await script.get('/api/posts', { headers: bearer(login.access_token) })
  t.deepEqual([refused.status, refused.json.code], [403, 'insufficient_scope'])
  t.regex(refused.headers.get('www-authenticate') ?? '', /^Bearer error="insufficient_scope".* scope="posts"/)

  const media = await connectApp(site, sam, app, { scope: 'openid media' })
  const asked = await script.get('/api/posts', { headers: bearer(media.access_token) })
  t.regex(
    asked.headers.get('www-authenticate') ?? '',
    / scope="openid media posts"/,
    'what it has, and what is missing',
  )

  const everywhere = await connectApp(site, sam, app, { scope: 'global' })
  t.like(everywhere, { scope: 'global', blog_id: '0' })
  t.is((await script.get('/api/posts', { headers: bearer(everywhere.access_token) })).status, 200)
})

test('one of several sites is granted, and the application learns which', async t => {
  const site = await startSite(t, { SITES: '[{"id":7,"name":"Shop","url":"https://shop.example"}]' })
  const sam = await site.client('sam')
  const app = await createApp(site)
  t.like(await connectApp(site, sam, app, {}, { blog: '7' }), { blog_id: '7', blog_url: 'https://shop.example' })
  // Named by the application, by its id or address.
  for (const blog of ['7', 'shop.example', 'https://shop.example/']) {
    const { page } = await openConsent(sam, authorizeUrl(app, { blog }))
    t.regex(page.text, /value="7"\s+required\s+checked/, blog)
    t.notRegex(page.text, /value="1"\s+required\s+checked/, blog)
  }
})

test('invalid token requests are rejected', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const wrongSecret = await tokenRequest(site, { ...app, secret: 'wrong' }, { grant_type: 'authorization_code' })
  t.deepEqual([wrongSecret.status, wrongSecret.json.error], [401, 'invalid_client'])
  const password = await tokenRequest(site, app, { grant_type: 'password', username: 'admin', password: 'x' })
  t.deepEqual([password.status, password.json.error], [400, 'unsupported_grant_type'])
})
