import test from 'ava'
import { Client, ME } from '../support/client.ts'
import {
  authorize,
  authorizeUrl,
  bearer,
  connectApp,
  createApp,
  redeem,
  refresh,
  tokenRequest,
} from '../support/oauth.ts'
import { startSite, type TestSite } from '../support/site.ts'

const query = async (site: TestSite, token: string, clientId: string) =>
  (await site.client()).get(`/oauth2/token-info?${new URLSearchParams({ client_id: clientId, token })}`)

test('an unknown, expired or ended token gets 401 invalid_token, with the URL of the metadata', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const tokens = await connectApp(site, await site.client('sam'), app)
  const script = await site.client()
  await site.knex('connect_oauth_tokens').where({ kind: 'access' }).update({ expires: 1 })
  for (const token of ['nonsense', 'x'.repeat(9000), '', 'two words', tokens.access_token, tokens.refresh_token]) {
    for (const path of [ME, '/api/posts', '/wp-json/', '/rest/v1.1/me']) {
      const { status, json, headers } = await script.get(path, { headers: bearer(token) })
      t.deepEqual([status, json.code ?? json.error], [401, 'invalid_token'], `${path} ${token.slice(0, 20)}`)
      const challenge = headers.get('www-authenticate') ?? ''
      const metadata = /resource_metadata="([^"]*)"/.exec(challenge)?.[1] ?? ''
      t.regex(challenge, /^Bearer error="invalid_token", error_description="[^"]+"/)
      t.true(challenge.includes(`resource_metadata_url="${metadata}"`))
      t.true(path.startsWith(new URL((await script.get(metadata)).json.resource).pathname))
    }
  }
})

test('the scheme may be written in any letter case', async t => {
  const site = await startSite(t)
  const { access_token } = await connectApp(site, await site.client('sam'), await createApp(site))
  const script = await site.client()
  for (const scheme of ['bearer', 'BEARER', 'Bearer '])
    t.is((await script.get(ME, { headers: { authorization: `${scheme} ${access_token}` } })).status, 200)
})

test('all tokens of a deleted user are invalid everywhere', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const sam = await site.client('sam')
  const tokens = await connectApp(site, sam, app, { scope: 'openid posts' })
  const code = await authorize(sam, app)
  await site.accounts.delete((await site.accounts.findByLogin('sam'))?.id ?? '')
  const script = await site.client()
  t.is((await script.get(ME, { headers: bearer(tokens.access_token) })).json.code, 'invalid_token')
  t.is((await refresh(site, app, tokens.refresh_token)).json.error, 'invalid_grant')
  t.is((await redeem(site, app, code)).json.error, 'invalid_grant')
  t.is((await script.get('/oauth2/userinfo', { headers: bearer(tokens.access_token) })).status, 401)
  t.is((await query(site, tokens.access_token, app.id)).status, 400)
  const form = { token: tokens.access_token, client_id: app.id, client_secret: app.secret ?? '' }
  t.deepEqual((await script.send('POST', '/oauth2/token-info', { form })).json, { active: false })
})

test('token-info: in WordPress.com’s format, for the client that the token was issued to', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const other = await createApp(site)
  const { access_token } = await connectApp(site, await site.client('sam'), app, { scope: 'posts' })
  t.deepEqual((await query(site, access_token, app.id)).json, {
    client_id: app.id,
    user_id: '3',
    blog_id: '1',
    scope: 'posts',
  })
  for (const [token, client] of [
    [access_token, other.id],
    ['nonsense', app.id],
    ['', ''],
  ] as const) {
    const { status, json } = await query(site, token, client)
    t.is(status, 400)
    t.deepEqual(json, { error: 'invalid_request', error_description: 'The specified token is invalid.' })
  }
})

test('introspection and revocation (RFC 7662, RFC 7009)', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const other = await createApp(site)
  const tokens = await connectApp(site, await site.client('sam'), app, { scope: 'posts' })
  const post = (path: string, by: typeof app, token: string) =>
    new Client(site.url).send('POST', path, { form: { client_id: by.id, client_secret: by.secret ?? '', token } })
  const active = await post('/oauth2/token-info', app, tokens.access_token)
  t.like(active.json, {
    active: true,
    client_id: app.id,
    sub: '3',
    scope: 'posts',
    iss: site.url,
    token_type: 'Bearer',
  })
  t.deepEqual((await post('/oauth2/token-info', other, tokens.access_token)).json, { active: false })
  t.is((await post('/oauth2/token-info', { ...app, secret: 'wrong' }, tokens.access_token)).status, 401)
  t.is((await post('/oauth2/revoke', other, tokens.access_token)).status, 400)
  const revoked = await post('/oauth2/revoke', app, 'nonsense')
  t.deepEqual([revoked.status, revoked.json], [200, {}], 'some clients take only JSON for a success')
  t.regex(revoked.headers.get('content-type') ?? '', /^application\/json/)

  const ended: string[] = []
  site.connect.on('oauth-disconnected', ({ userId, by }) => void ended.push(`${userId} ${by}`))
  t.is((await post('/oauth2/revoke', app, tokens.access_token)).status, 200)
  t.deepEqual(ended, ['3 client'])
  t.deepEqual((await post('/oauth2/token-info', app, tokens.access_token)).json, { active: false })
  t.deepEqual((await post('/oauth2/token-info', app, tokens.refresh_token)).json, { active: false })
  t.is((await refresh(site, app, tokens.refresh_token)).json.error, 'invalid_grant')
})

test('a token for one part of the API works only there (RFC 8707)', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const resource = `${site.url}/api`
  const sam = await site.client('sam')
  const { access_token } = await connectApp(site, sam, app, { resource })
  const script = await site.client()
  t.is((await script.get('/api/posts', { headers: bearer(access_token) })).status, 200)
  const elsewhere = await script.get(ME, { headers: bearer(access_token) })
  t.deepEqual([elsewhere.status, elsewhere.json.code], [401, 'invalid_token'])
  t.true(
    elsewhere.json.message.startsWith(`The access token is for ${resource}.`),
    'so that nobody fetches another one',
  )
  const whole = await connectApp(site, sam, app, { resource: `${site.url}/` })
  t.is((await script.get(ME, { headers: bearer(whole.access_token) })).status, 200)
  for (const wrong of ['https://elsewhere.example/api', `${site.url}/elsewhere`, 'api']) {
    const { headers } = await sam.get(authorizeUrl(app, { resource: wrong }))
    t.regex(headers.get('location') ?? '', /^https:\/\/app\.example\/callback\?error=invalid_target/, wrong)
  }
})

test('userinfo and the ID token identify the user', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const tokens = await connectApp(site, await site.client('sam'), app, { scope: 'openid profile email', nonce: 'n' })
  const { json } = await (await site.client()).get('/oauth2/userinfo', { headers: bearer(tokens.access_token) })
  t.like(json, { sub: '3', name: 'sam', preferred_username: 'sam', email: 'sam@example.com' })
  const claims = JSON.parse(Buffer.from(tokens.id_token?.split('.')[1] ?? '', 'base64url').toString())
  t.like(claims, { sub: '3', aud: app.id, iss: site.url, nonce: 'n' })
  t.like(claims, { name: 'sam', preferred_username: 'sam', email: 'sam@example.com' }, 'for those who read it alone')
  t.false('email_verified' in claims || 'email_verified' in json, 'embedded users: nobody has checked it')
  t.is(tokens.scope, 'openid profile email')
})

test('an ID token contains only the claims of its scopes', async t => {
  const site = await startSite(t)
  const { id_token = '' } = await connectApp(site, await site.client('sam'), await createApp(site), { scope: 'openid' })
  const claims = JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString())
  t.deepEqual(Object.keys(claims).sort(), ['aud', 'auth_time', 'exp', 'iat', 'iss', 'sub'])
})

test('the metadata list no claim that tokens do not have', async t => {
  const site = await startSite(t)
  const { json } = await (await site.client()).get('/.well-known/openid-configuration')
  t.deepEqual(json.claims_supported.toSorted(), [
    'auth_time',
    'email',
    'email_verified',
    'iss',
    'name',
    'picture',
    'preferred_username',
    'sub',
  ])
})

test('a token that only identifies the user does not reveal what the user may do', async t => {
  const site = await startSite(t, {}, { hasContent: false })
  const admin = await site.client('admin')
  const app = await createApp(site)
  const script = await site.client()
  for (const path of [ME, '/wp-json/wp/v2/users/1', '/wp-json/wp/v2/users']) {
    for (const scope of ['auth', 'openid', 'posts']) {
      const { access_token } = await connectApp(site, admin, app, { scope })
      const { json } = await script.get(`${path}?context=edit`, { headers: bearer(access_token) })
      const [user] = [json].flat()
      t.is(user.email, 'admin@example.com')
      for (const member of ['roles', 'capabilities', 'extra_capabilities', 'registered_date'])
        t.is(member in user, scope === 'posts', `${path} ${scope} ${member}`)
    }
  }
})

test('metadata use the declared URL, whatever the Host header says', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const script = await site.client()
  const { port } = new URL(site.url)
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
  for (const path of [
    '/.well-known/oauth-authorization-server',
    '/.well-known/openid-configuration',
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-protected-resource/api',
    '/.well-known/oauth-protected-resource/wp-json/mcp',
  ]) {
    const { status, json, text } = await script.get(path, { headers })
    t.is(status, 200, path)
    t.notRegex(text, /evil/, path)
    for (const url of text.match(/https?:\/\/[^"]+/g) ?? []) t.true(url.startsWith(`http://localhost:${port}`), url)
    if (/server|openid/.test(path)) t.deepEqual(json.response_modes_supported, ['query', 'fragment', 'form_post'])
  }
  t.is((await script.get('/.well-known/oauth-protected-resource/elsewhere')).status, 404)
  const wrong = await tokenRequest(site, app, { grant_type: 'authorization_code' })
  t.is(wrong.status, 400)
})
