import test from 'ava'
import Koa from 'koa'
import { APPLICATION_PASSWORDS, basic, type Client, ME } from '../support/client.ts'
import {
  type App,
  authorize,
  bearer,
  CALLBACK,
  connectApp,
  createApp,
  pkce,
  redeem,
  refresh,
  tokenRequest,
} from '../support/oauth.ts'
import { startSite, type TestSite } from '../support/site.ts'

const LIST = '/rest/v1.1/me/connected-applications'

const good = async (site: TestSite, token: string) =>
  (await (await site.client()).get('/rest/v1/me', { headers: bearer(token) })).status === 200

test('a code is valid only for its application, redirect URI and verifier', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const [mine, other] = [await createApp(site), await createApp(site)]
  const native = await createApp(site, { type: 'native', redirectUris: [CALLBACK] })
  const { challenge, verifier } = pkce()
  const withPkce = { code_challenge: challenge, code_challenge_method: 'S256' }
  const form = (code: string, more: Record<string, string> = {}) => ({
    grant_type: 'authorization_code',
    code,
    redirect_uri: CALLBACK,
    ...more,
  })
  const code = await authorize(user, mine, withPkce)
  const ofNative = await authorize(user, native, withPkce)
  const unbound = await authorize(user, mine)
  const wrong: [what: string, by: App, form: Record<string, string>][] = [
    ['another application', other, form(code, { code_verifier: verifier })],
    ['a public one', native, form(code, { code_verifier: verifier })],
    ['no verifier', mine, form(code)],
    ['an empty verifier', mine, form(code, { code_verifier: '' })],
    ['another verifier', mine, form(code, { code_verifier: pkce().verifier })],
    ['the challenge as verifier', mine, form(code, { code_verifier: challenge })],
    ['a verifier in other letters', mine, form(code, { code_verifier: verifier.toLowerCase() })],
    ['another address', mine, form(code, { code_verifier: verifier, redirect_uri: 'https://evil.example/' })],
    ['a longer address', mine, form(code, { code_verifier: verifier, redirect_uri: `${CALLBACK}/` })],
    ['the code in other letters', mine, form(code.toLowerCase(), { code_verifier: verifier })],
    ['a shorter code', mine, form(code.slice(0, -1), { code_verifier: verifier })],
    ['as a refresh token', mine, { grant_type: 'refresh_token', refresh_token: code }],
    ['a public client’s code, by another', mine, form(ofNative, { code_verifier: verifier })],
    ['a public client’s code, no verifier', native, form(ofNative)],
    ['a verifier where none was announced', mine, form(unbound, { code_verifier: verifier })],
  ]
  for (const [what, by, fields] of wrong) {
    const { status, json } = await tokenRequest(site, by, fields)
    t.deepEqual([status, json.error], [400, 'invalid_grant'], what)
  }
  for (const code_verifier of ['x', 'x'.repeat(129), `${verifier}\0`, `${verifier.slice(1)}+`])
    t.is((await tokenRequest(site, mine, form(code, { code_verifier }))).json.error, 'invalid_request', code_verifier)
  t.is((await redeem(site, mine, code, verifier)).status, 200, 'and none of it used the code up')
  t.is((await redeem(site, native, ofNative, verifier)).status, 200)
})

test('a refresh token is valid only for its application, and gives no extra scopes', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const [mine, other] = [await createApp(site), await createApp(site)]
  const native = await createApp(site, { type: 'native' })
  const tokens = await connectApp(site, user, mine, { scope: 'posts', resource: `${site.url}/api` })
  for (const by of [other, native]) t.is((await refresh(site, by, tokens.refresh_token)).json.error, 'invalid_grant')
  t.is((await refresh(site, { ...mine, secret: 'wrong' }, tokens.refresh_token)).json.error, 'invalid_client')
  t.is((await refresh(site, { ...mine, secret: null }, tokens.refresh_token)).json.error, 'invalid_client')
  for (const scope of ['media', 'global', 'auth', 'openid', 'posts media', 'posts,media', 'posts\u00a0media'])
    t.is((await refresh(site, mine, tokens.refresh_token, { scope })).json.error, 'invalid_scope', scope)
  const stays = await refresh(site, mine, tokens.refresh_token)
  t.deepEqual([stays.status, stays.json.scope], [200, 'posts'], 'none of which used it up')
  t.is((await refresh(site, mine, stays.json.access_token)).json.error, 'invalid_grant', 'an access token is none')
  const script = await site.client()
  t.is((await script.get('/api/posts', { headers: bearer(stays.json.access_token) })).status, 200)
  t.is((await script.get(ME, { headers: bearer(stays.json.access_token) })).status, 401, 'still for one resource')
  for (const resource of [site.url, `${site.url}/wp-json`, `${site.url}/api/mcp`, 'https://evil.example']) {
    const { refresh_token } = await connectApp(site, user, mine, { scope: 'posts', resource: `${site.url}/api` })
    t.is((await refresh(site, mine, refresh_token, { resource })).json.error, 'invalid_target', resource)
  }
})

test('an application can neither revoke nor inspect another’s tokens', async t => {
  const site = await startSite(t)
  const [mine, other] = [await createApp(site), await createApp(site)]
  const native = await createApp(site, { type: 'native' })
  const tokens = await connectApp(site, await site.client('sam'), mine)
  const script = await site.client()
  for (const token of [tokens.access_token, tokens.refresh_token]) {
    for (const by of [other, native]) {
      for (const hint of ['', 'access_token', 'refresh_token', 'x']) {
        const form = { client_id: by.id, ...(by.secret && { client_secret: by.secret }), token, token_type_hint: hint }
        t.deepEqual((await script.send('POST', '/oauth2/token-info', { form })).json, { active: false })
        const { status, text } = await script.send('POST', '/oauth2/revoke', { form })
        t.true(status === 200 || status === 400)
        t.notRegex(text, /sam|posts/)
      }
    }
    const unproved = { form: { client_id: mine.id, token } }
    t.is((await script.send('POST', '/oauth2/revoke', unproved)).status, 401)
    t.is((await script.send('POST', '/oauth2/token-info', unproved)).status, 401)
  }
  t.true(await good(site, tokens.access_token))
  t.is((await refresh(site, mine, tokens.refresh_token)).status, 200)
})

/** What only a person at a browser may do (rule 5 of the design), each with what it would need to succeed. */
async function mayNot(t: import('ava').ExecutionContext, script: Client, headers: Record<string, string>, id: number) {
  const json = { name: 'more' }
  const refused: [method: string, path: string, status: number][] = [
    ['POST', APPLICATION_PASSWORDS, 403],
    ['GET', APPLICATION_PASSWORDS, 403],
    ['DELETE', APPLICATION_PASSWORDS, 403],
    ['GET', `${LIST}/${id}`, 404],
    ['POST', `${LIST}/${id}/delete`, 404],
  ]
  for (const [method, path, status] of refused) {
    const answer = await script.send(method, path, { headers, ...(method === 'POST' && { json }) })
    t.true(answer.status === status || answer.status === 403, `${method} ${path} ${answer.status}`)
  }
  for (const path of [
    '/me/security/connected-apps',
    `/me/security/connected-apps/${id}/disconnect`,
    '/apps',
    '/apps/new',
  ])
    t.is((await script.get(path, { headers })).status, 302, `${path} asks to log in`)
  t.is((await script.get('/wp-admin/profile.php', { headers })).status, 302)
  t.is((await script.get('/wp-admin/admin-ajax.php?action=rest-nonce', { headers })).status, 400)
  t.is(
    (await script.send('POST', `/me/security/connected-apps/${id}/disconnect`, { headers, form: 'a=b' })).status,
    302,
  )
}

test('a token or application password cannot create, list or end anything else; a token can end itself', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const script = await site.client()
  const { password, uuid } = await owner.createPassword()
  const tokens = await connectApp(site, owner, await createApp(site, { name: 'Mine' }), { scope: 'global' })
  const others = await connectApp(site, owner, await createApp(site, { name: 'Other' }))
  const [mine, other] = (await owner.rest('GET', LIST)).json.connected_applications
  await mayNot(t, script, bearer(tokens.access_token), other.ID)
  await mayNot(t, script, basic('admin', password), other.ID)
  // Not even with an administrator's: neither reads of a user, nor lets anybody in, nor is a consent page's visitor.
  for (const headers of [bearer(tokens.access_token), basic('admin', password)]) {
    t.is((await script.get(`${APPLICATION_PASSWORDS.replace('me', '3')}`, { headers })).status, 403)
    const consent = await script.get('/oauth2/consent/x', { headers })
    t.regex(consent.headers.get('location') ?? '', /^\/wp-login\.php/)
  }
  t.is((await script.get(`${APPLICATION_PASSWORDS}/${uuid}`, { headers: bearer(tokens.access_token) })).status, 403)
  t.is((await script.get(LIST, { headers: basic('admin', password) })).json.error, 'not_allowed')
  const seen = (await script.get(LIST, { headers: bearer(tokens.access_token) })).json.connected_applications
  t.deepEqual(seen, [{ ...mine, ...seen[0], title: 'Mine', ID: mine.ID }])
  t.is((await script.send('POST', `${LIST}/${mine.ID}/delete`, { headers: bearer(tokens.access_token) })).status, 200)
  t.deepEqual([await good(site, tokens.access_token), await good(site, others.access_token)], [false, true])
})

/** The site with a route of the host's that needs somebody, and no scope in particular. */
function withOpenRoute({ connect, server }: TestSite): void {
  const app = new Koa()
  const guard = connect.require()
  app.use(connect.middleware())
  app.use((ctx, next) => (ctx.path === '/api/anything' ? guard(ctx, next) : next()))
  app.use(ctx => {
    ctx.body = 'in'
  })
  server.removeAllListeners('request')
  server.on('request', app.callback())
}

test('a token that only identifies the user gives access to no route, also after it was narrowed to that', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site)
  const login = await connectApp(site, user, app, { scope: 'auth' })
  const openid = await connectApp(site, user, app, { scope: 'openid profile email' })
  const posts = await connectApp(site, user, app, { scope: 'posts' })
  const both = await connectApp(site, user, app, { scope: 'openid posts' })
  const narrowed = await refresh(site, app, both.refresh_token, { scope: 'openid' })
  t.is(narrowed.json.scope, 'openid')
  withOpenRoute(site)
  const script = await site.client()
  const open = async (token: string) => (await script.get('/api/anything', { headers: bearer(token) })).status
  t.is(await open(posts.access_token), 200)
  t.is(await open(login.access_token), 403)
  t.is(await open(openid.access_token), 403)
  t.is(await open(narrowed.json.access_token), 403)
})

test('a token for one of a user’s sites gives no access to another', async t => {
  const site = await startSite(t, { SITES: '[{"id":7,"name":"Shop","url":"https://shop.example"}]' })
  const user = await site.client('sam')
  const app = await createApp(site)
  const script = await site.client()
  const here = await connectApp(site, user, app, { scope: 'posts' }, { blog: '1' })
  const shop = await connectApp(site, user, app, { scope: 'posts' }, { blog: '7' })
  t.is((await script.get('/api/posts', { headers: bearer(here.access_token) })).status, 200)
  t.is((await script.get('/api/posts', { headers: bearer(shop.access_token) })).status, 403)
})
