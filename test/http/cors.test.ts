import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import test, { type ExecutionContext } from 'ava'
import knex from 'knex'
import Koa, { type Middleware } from 'koa'
import { createConnect } from '../../src/index.ts'
import { basic, Client, ME } from '../support/client.ts'
import { SECRET, startSite } from '../support/site.ts'

const ORIGIN = { origin: 'https://app.example' }
const PREFLIGHT = {
  ...ORIGIN,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,mcp-session-id',
}

async function startHost(t: ExecutionContext, { cors, before }: { cors?: boolean; before?: Middleware } = {}) {
  const database = knex({ client: 'better-sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
  const app = new Koa()
  app.silent = true
  const server = createServer((request, response) => app.callback()(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const connect = await createConnect({
    knex: database,
    site: { url, name: 'Host' },
    secret: SECRET,
    users: {
      current: async () => null,
      find: async () => null,
      findByLogin: async () => null,
      loginUrl: () => '/login',
    },
    environment: 'local',
    oauth: { scopes: { posts: 'Posts' } },
    ...(cors !== undefined && { cors }),
  })
  await connect.migrate()
  if (before) app.use(before)
  app.use(connect.middleware())
  app.use(ctx => (ctx.path === '/api/open' ? undefined : connect.require({ scope: 'posts' })(ctx, async () => {})))
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await connect.close()
    await database.destroy()
  })
  return new Client(url)
}

const corsOf = ({ headers }: { headers: Headers }) => ({
  origin: headers.get('access-control-allow-origin'),
  credentials: headers.get('access-control-allow-credentials'),
  exposed: headers.get('access-control-expose-headers'),
})

const EXPOSED = 'WWW-Authenticate, Retry-After'

test('with the option cors, every origin may read error responses and gets preflights answered, without cookies', async t => {
  const client = await startHost(t, { cors: true })
  const refusals = [
    await client.get('/api/posts', { headers: ORIGIN }),
    await client.get('/api/posts', { headers: { ...ORIGIN, ...basic('ann', 'wrong') } }),
    await client.get('/api/posts', { headers: { ...ORIGIN, authorization: 'Bearer x' } }),
  ]
  for (const refused of refusals) {
    t.is(refused.status, 401)
    t.deepEqual(corsOf(refused), { origin: '*', credentials: null, exposed: EXPOSED })
  }
  const preflight = await client.send('OPTIONS', '/api/posts', { headers: PREFLIGHT })
  t.is(preflight.status, 204)
  t.deepEqual(corsOf(preflight), { origin: '*', credentials: null, exposed: null })
  t.is(preflight.headers.get('access-control-allow-headers'), 'authorization,mcp-session-id')
  t.regex(preflight.headers.get('access-control-allow-methods') ?? '', /POST/)

  t.is(corsOf(await client.get('/api/open', { headers: ORIGIN })).origin, null, 'the host’s answers are the host’s')
  t.is(corsOf(await client.get('/api/posts')).origin, null, 'no script asked')
  t.is(corsOf(await client.get('/wp-admin/profile.php', { headers: ORIGIN })).origin, null, 'no page')
  const page = await client.send('OPTIONS', '/wp-admin/profile.php', { headers: PREFLIGHT })
  t.is(corsOf(page).origin, null)
})

test('without the option cors, no other origin reads error responses', async t => {
  const client = await startHost(t)
  t.deepEqual(corsOf(await client.get('/api/posts', { headers: ORIGIN })), {
    origin: null,
    credentials: null,
    exposed: null,
  })
  t.is((await client.send('OPTIONS', '/api/open', { headers: PREFLIGHT })).status, 404)
})

test('a host’s own CORS before ours stays unchanged, and its scripts can read the headers of errors', async t => {
  const before: Middleware = (ctx, next) => {
    ctx.set({
      'Access-Control-Allow-Origin': 'https://app.example',
      'Access-Control-Expose-Headers': 'X-Own, retry-after',
    })
    return next()
  }
  for (const cors of [false, true]) {
    const client = await startHost(t, { cors, before })
    t.deepEqual(corsOf(await client.get('/api/posts', { headers: ORIGIN })), {
      origin: 'https://app.example',
      credentials: null,
      exposed: 'X-Own, retry-after, WWW-Authenticate',
    })
  }
})

test('scripts can read the headers of the REST API’s errors', async t => {
  const site = await startSite(t)
  const client = await site.client()
  for (const path of [ME, '/rest/v1/me']) {
    const { exposed } = corsOf(await client.get(path, { headers: { ...ORIGIN, ...basic('admin', 'wrong') } }))
    t.is(exposed, `X-WP-Total, X-WP-TotalPages, Link, ${EXPOSED}`, path)
  }
})
