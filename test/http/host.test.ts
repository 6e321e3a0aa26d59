import { once } from 'node:events'
import { createServer } from 'node:http'
import test from 'ava'
import knex from 'knex'
import Koa from 'koa'
import { createConnect, type Users } from '../../src/index.ts'
import { basic, Client, ME } from '../support/client.ts'
import { SECRET } from '../support/site.ts'

const ADA = { id: '5f0c9b1e-0000-4000-8000-00000000000a', login: 'ada', email: 'ada@example.com' }
const users: Users = {
  current: async ctx => (ctx.get('X-Session') === 'ada' ? ADA : null),
  find: async id => (id === ADA.id ? ADA : null),
  findByLogin: async login => ([ADA.login, ADA.email].includes(login.toLowerCase()) ? ADA : null),
  loginUrl: returnTo => `/login?next=${encodeURIComponent(returnTo)}`,
}

async function startHost(t: import('ava').ExecutionContext, options: { api?: string[] } = {}) {
  const database = knex({ client: 'sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
  const app = new Koa()
  app.silent = true
  // Late, because the test adds its middleware after this.
  const server = createServer((request, response) => app.callback()(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://localhost:${(server.address() as { port: number }).port}`
  const connect = await createConnect({
    knex: database,
    site: { url, name: 'Host' },
    secret: SECRET,
    users,
    environment: 'local',
    ...options,
  })
  await connect.migrate()
  t.teardown(async () => {
    server.close()
    await database.destroy()
  })
  return { app, connect, client: new Client(url) }
}

test('a host with its own users: UUID ids, its own session and login page', async t => {
  const { app, connect, client } = await startHost(t)
  app.use(connect.middleware())
  t.regex((await client.get('/wp-admin/profile.php')).headers.get('location') ?? '', /^\/login\?next=http/)
  const session = { 'x-session': 'ada' }
  t.regex((await client.get('/wp-admin/profile.php', { headers: session })).text, /ada@example\.com/)
  const nonce = (await client.get('/wp-admin/admin-ajax.php?action=rest-nonce', { headers: session })).text
  const created = await client.send('POST', `${ME}/application-passwords`, {
    json: { name: 'x' },
    headers: { ...session, 'x-wp-nonce': nonce },
  })
  t.is(created.status, 201)
  t.true(created.headers.get('location')?.includes(`/users/${ADA.id}/`))
  const me = await client.get(ME, { headers: basic('ada', created.json.password) })
  t.is(me.json.id, ADA.id)
})

test('a host’s API at /index.php: rest_route there is still ours', async t => {
  const { app, connect, client } = await startHost(t, { api: ['/index.php'] })
  app.use(connect.middleware())
  t.is((await client.get('/index.php?rest_route=/')).json.name, 'Host')
})

test('a host’s routes: under its own prefixes, next to ours, and guarded', async t => {
  const { app, connect, client } = await startHost(t, { api: ['/v1'] })
  app.use(connect.middleware())
  app.use(async (ctx, next) => {
    if (ctx.path === '/v1/things') {
      await connect.require()(ctx, async () => {
        ctx.body = ctx.state.auth
      })
    }
    if (ctx.path === '/wp-json/shop/v1/orders') ctx.body = { method: ctx.method }
    else if (ctx.path === '/elsewhere') await connect.require()(ctx, next)
    else if (ctx.path !== '/v1/things') await next()
  })
  const { password, applicationPassword } = await connect.applicationPasswords.create(ADA, 'x')
  t.deepEqual((await client.get('/v1/things', { headers: basic('ada', password) })).json, {
    method: 'application-password',
    user: ADA,
    applicationPassword: { uuid: applicationPassword.uuid, name: 'x' },
  })
  t.is((await client.get('/v1/things')).json.code, 'rest_not_logged_in')
  t.is((await client.get(ME, { headers: basic('ada', password) })).status, 200, 'our own API needs no naming')
  t.is((await client.send('POST', '/wp-json/shop/v1/orders?_method=PUT')).json.method, 'PUT')
  t.is((await client.get('/?rest_route=/shop/v1/orders')).json.method, 'GET')
  t.is(
    (await client.get('/elsewhere', { headers: basic('ada', password) })).status,
    500,
    'a guard outside the API says so',
  )
})

test('an envelope contains no cookie of the host', async t => {
  const { app, connect, client } = await startHost(t)
  app.use(async (ctx, next) => {
    ctx.cookies.set('session', 'secret-of-the-host')
    await next()
  })
  app.use(connect.middleware())
  const { text, headers } = await client.get('/wp-json/?_envelope')
  t.regex(headers.get('set-cookie') ?? '', /secret-of-the-host/)
  t.false(text.includes('secret-of-the-host'))
})

test('a missing authenticate() is an error that says so, and not a 401', async t => {
  const { app, connect, client } = await startHost(t)
  const errors: Error[] = []
  app.on('error', error => errors.push(error))
  app.use(connect.rest())
  t.is((await client.get(ME)).status, 500)
  t.regex(errors[0]?.message ?? '', /needs connect\.authenticate\(\)/)
})

test('a body that the host has parsed already is used', async t => {
  const { app, connect, client } = await startHost(t)
  app.use(async (ctx, next) => {
    if (ctx.method === 'POST') {
      for await (const _chunk of ctx.req);
      Object.assign(ctx.request, { body: { name: ['first', 'last'], nested: { a: 1 } } })
    }
    await next()
  })
  app.use(connect.middleware())
  const session = { 'x-session': 'ada' }
  const nonce = (await client.get('/wp-admin/admin-ajax.php?action=rest-nonce', { headers: session })).text
  const headers = { ...session, 'x-wp-nonce': nonce }
  const { status, json } = await client.send('POST', `${ME}/application-passwords`, { form: { name: 'x' }, headers })
  t.deepEqual([status, json.name], [201, 'last'])
})
