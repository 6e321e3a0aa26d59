import { once } from 'node:events'
import { createServer } from 'node:http'
import test, { type ExecutionContext } from 'ava'
import knex from 'knex'
import Koa from 'koa'
import { type ConnectOptions, createConnect, type Users } from '../../src/index.ts'
import { Client } from '../support/client.ts'
import { authorizeUrl, bearer, connectApp, openConsent, redeem } from '../support/oauth.ts'
import { SECRET, type TestSite } from '../support/site.ts'

const ADA = { id: '5f0c9b1e-0000-4000-8000-00000000000a', login: 'ada', email: 'ada@example.com' }
const BLOGS = [
  { id: 'one', url: 'https://one.example', name: 'One' },
  { id: 'two', url: 'https://two.example', name: 'Two' },
]
const users: Users = {
  current: async ctx => (ctx.get('Cookie').includes('session=ada') ? ADA : null),
  find: async id => (id === ADA.id ? ADA : null),
  findByLogin: async () => ADA,
  loginUrl: returnTo => `/login?next=${encodeURIComponent(returnTo)}`,
  sites: () => BLOGS,
}

/** A host of its own: its users, several sites, its own session. */
async function startHost(t: ExecutionContext, options: Partial<ConnectOptions> = {}, path = '') {
  const database = knex({ client: 'sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
  const app = new Koa()
  app.silent = true
  const server = createServer((request, response) => app.callback()(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://localhost:${(server.address() as { port: number }).port}`
  const connect = await createConnect({
    knex: database,
    site: { url: url + path, name: 'Host' },
    secret: SECRET,
    users,
    environment: 'local',
    oauth: { scopes: { notes: 'Read your notes', drafts: 'Read your drafts' }, defaultScopes: ['notes'] },
    ...options,
  })
  await connect.migrate()
  t.teardown(async () => {
    server.close()
    await connect.close()
    await database.destroy()
  })
  const ada = new Client(url)
  ada.cookies.set('session', 'ada')
  const { client, secret } = (await connect.oauth?.clients.create({
    name: 'Shop',
    redirectUris: ['https://app.example/callback'],
  })) ?? { client: { clientId: '' }, secret: '' }
  const shop = { id: client.clientId, secret, redirectUri: 'https://app.example/callback' }
  return { app, connect, ada, shop, database, site: { url, connect } as unknown as TestSite, client: new Client(url) }
}

test('users.current() may return undefined for no user, as hosts without types do', async t => {
  const current = async () => undefined as unknown as null
  const { app, connect, ada, shop, database } = await startHost(t, { users: { ...users, current } })
  app.use(connect.middleware())
  t.regex((await ada.get(authorizeUrl(shop))).headers.get('location') ?? '', /^\/login\?next=/)
  t.deepEqual(await database('connect_oauth_interactions').select(), [], 'requests of nobody are not kept')
})

test('a body parser without multipart support leaves the body to the token endpoint', async t => {
  const { app, connect, ada, shop, site } = await startHost(t)
  app.use((ctx, next) => {
    // As @koa/bodyparser leaves what it does not parse.
    if (ctx.is('multipart')) Object.assign(ctx.request, { body: {} })
    return next()
  })
  app.use(connect.middleware())
  const tokens = await connectApp(site, ada, shop, {}, { blog: 'two' })
  const form = new FormData()
  const fields = {
    grant_type: 'refresh_token',
    refresh_token: tokens.refresh_token,
    client_id: shop.id,
    client_secret: shop.secret,
  }
  for (const [name, value] of Object.entries(fields)) form.append(name, String(value))
  const answer = await fetch(`${site.url}/oauth2/token`, { method: 'POST', body: form })
  t.is(answer.status, 200, await answer.text())
})

test('email_verified has the host’s value, and is missing without one', async t => {
  for (const emailVerified of [true, false, undefined]) {
    const ada = { ...ADA, ...(emailVerified !== undefined && { emailVerified }) }
    const {
      app,
      connect,
      ada: browser,
      shop,
      site,
      client,
    } = await startHost(t, {
      users: { ...users, current: async ctx => (ctx.get('Cookie') ? ada : null), find: async () => ada },
    })
    app.use(connect.middleware())
    const { access_token, id_token = '' } = await connectApp(site, browser, shop, { scope: 'openid email' })
    const { json } = await client.get('/oauth2/userinfo', { headers: bearer(access_token) })
    t.is(json.email_verified, emailVerified)
    t.is(JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString()).email_verified, emailVerified)
    const me = await client.get('/rest/v1.1/me', { headers: bearer(access_token) })
    t.is(me.json.email_verified, emailVerified ?? false)
  }
})

test('a host’s routes are guarded by scope and by site', async t => {
  const { app, connect, ada, shop, site, client } = await startHost(t)
  app.use(connect.middleware())
  app.use(async (ctx, next) => {
    const [, blog] = /^\/api\/blogs\/(\w+)\/notes$/.exec(ctx.path) ?? []
    if (blog === undefined) return next()
    await connect.require({ scope: 'notes', site: () => blog })(ctx, async () => {
      ctx.body = { auth: ctx.state.auth }
    })
  })
  const tokens = await connectApp(site, ada, shop, {}, { blog: 'two' })
  t.is(tokens.scope, 'notes', 'the host’s default')
  const two = await client.get('/api/blogs/two/notes', { headers: bearer(tokens.access_token) })
  const { grantId, ...auth } = two.json.auth
  t.deepEqual(auth, {
    method: 'access-token',
    user: ADA,
    client: { id: shop.id, name: 'Shop' },
    scopes: ['notes'],
    site: { id: 'two', url: 'https://two.example' },
  })
  t.truthy(grantId)
  const one = await client.get('/api/blogs/one/notes', { headers: bearer(tokens.access_token) })
  t.deepEqual([one.status, one.json.code], [403, 'insufficient_scope'])
  const everywhere = await connectApp(site, ada, shop, { scope: 'global' })
  t.is((await client.get('/api/blogs/one/notes', { headers: bearer(everywhere.access_token) })).status, 200)
  const drafts = await connectApp(site, ada, shop, { scope: 'drafts' }, { blog: 'one' })
  const refused = await client.get('/api/blogs/one/notes', { headers: bearer(drafts.access_token) })
  t.deepEqual([refused.status, refused.json.code], [403, 'insufficient_scope'])
})

test('a chosen site must be one of the user’s own', async t => {
  const { app, connect, ada, shop } = await startHost(t)
  app.use(connect.middleware())
  const { path, page } = await openConsent(ada, authorizeUrl(shop))
  const token = /name="_wpnonce" value="([^"]*)"/.exec(page.text)?.[1] ?? ''
  for (const blog of ['three', '', '__proto__', 'one two']) {
    const { status, text } = await ada.send('POST', path, { form: { _wpnonce: token, blog, approve: 'y' } })
    t.is(status, 400, blog)
    t.regex(text, /Choose one of your sites/)
  }
})

test('it works if the host has read the body before, or sets headers afterwards', async t => {
  const { app, connect, ada, shop, site } = await startHost(t)
  app.use(async (ctx, next) => {
    if (ctx.method === 'POST') {
      let text = ''
      for await (const chunk of ctx.req) text += chunk
      Object.assign(ctx.request, { body: Object.fromEntries(new URLSearchParams(text)) })
    }
    await next()
    ctx.set('X-Host', 'was here')
  })
  app.use(connect.middleware())
  const tokens = await connectApp(site, ada, shop, {}, { blog: 'one' })
  t.truthy(tokens.access_token)
  t.is((await redeem(site, shop, 'x')).headers.get('x-host'), 'was here')
})

test('a site below a path: pages, endpoints, cookies and metadata are there', async t => {
  const { app, connect, ada, shop, site, client } = await startHost(t, {}, '/blog')
  app.use(async (ctx, next) => {
    if (!ctx.path.startsWith('/blog/')) return
    ctx.path = ctx.path.slice('/blog'.length)
    await next()
  })
  app.use(connect.middleware())
  const metadata = (await client.get('/blog/.well-known/openid-configuration')).json
  t.is(metadata.issuer, `${site.url}/blog`)
  for (const [name, value] of Object.entries(metadata))
    if (/_(endpoint|uri)$/.test(name)) t.true(String(value).startsWith(`${site.url}/blog/`), name)
  const started = await ada.get(`/blog${authorizeUrl(shop)}`)
  t.regex(started.headers.get('location') ?? '', /^\/blog\/oauth2\/consent\//)
  t.regex(started.headers.get('set-cookie') ?? '', /koa_wp_connect_consent=[^;]*; path=\/blog\/oauth2\/consent\//)
  const page = await ada.get(started.headers.get('location') ?? '')
  const token = /name="_wpnonce" value="([^"]*)"/.exec(page.text)?.[1] ?? ''
  const answered = await ada.send('POST', started.headers.get('location') ?? '', {
    form: { _wpnonce: token, blog: 'one', approve: 'y' },
  })
  t.true(answered.headers.get('location')?.startsWith(`${site.url}/blog/oauth2/authorize/`))
  const back = await ada.get(answered.headers.get('location') ?? '')
  t.regex(back.headers.get('location') ?? '', /^https:\/\/app\.example\/callback\?code=/)
})

test('a visitor who is not logged in is sent to the host’s own login, and comes back', async t => {
  const { app, connect, ada, shop, site, client } = await startHost(t)
  app.use(connect.middleware())
  const url = authorizeUrl(shop)
  const { headers } = await client.get(url)
  t.is(headers.get('location'), `/login?next=${encodeURIComponent(site.url + url)}`)
  // What is wrong is said before anybody is asked to log in.
  t.is((await client.get(authorizeUrl({ ...shop, id: '1' }))).status, 400)
  // A login that ended on the way.
  const { path } = await openConsent(ada, url)
  ada.cookies.delete('session')
  t.is((await ada.get(path)).headers.get('location'), `/login?next=${encodeURIComponent(site.url + path)}`)
})

test('connect.oauth: a host ends grants itself', async t => {
  const { app, connect, ada, shop, site, client } = await startHost(t)
  app.use(connect.middleware())
  app.use(connect.require({ scope: 'notes' }))
  app.use(ctx => {
    ctx.body = 'notes'
  })
  const seen = async (token: string) => (await client.get('/api/x', { headers: bearer(token) })).status
  const first = await connectApp(site, ada, shop, {}, { blog: 'one' })
  const second = await connectApp(site, ada, shop, {}, { blog: 'two' })
  const apps = await connect.oauth?.connectedApps.list(ADA)
  t.deepEqual(
    apps?.map(each => each.site?.id),
    ['one', 'two'],
  )
  await connect.oauth?.connectedApps.disconnect(ADA, apps?.[0]?.id ?? 0)
  t.deepEqual([await seen(first.access_token), await seen(second.access_token)], [401, 200])
  await connect.oauth?.connectedApps.disconnectAll({ id: ADA.id })
  t.is(await seen(second.access_token), 401)
  const third = await connectApp(site, ada, shop, {}, { blog: 'one' })
  await connect.oauth?.clients.delete(shop.id)
  t.is(await seen(third.access_token), 401)
  t.is((await redeem(site, shop, 'x')).json.error, 'invalid_client')
})
