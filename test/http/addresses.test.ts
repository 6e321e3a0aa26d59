import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Router from '@koa/router'
import test, { type ExecutionContext } from 'ava'
import knex from 'knex'
import Koa, { type Middleware } from 'koa'
import { createConnect, type User } from '../../src/index.ts'
import { basic, Client, ME } from '../support/client.ts'
import { sendRaw } from '../support/hostile.ts'
import { SECRET, startSite } from '../support/site.ts'

const ANN: User = { id: 1, login: 'ann', email: 'ann@example.com' }

/** A host with an API of its own, and with a page for every address that it does not know, as single-page apps have. */
async function startHost(t: ExecutionContext, { before, oauth = true }: { before?: Middleware; oauth?: boolean } = {}) {
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
      find: async () => ANN,
      findByLogin: async login => (login === 'ann' ? ANN : null),
      loginUrl: () => '/login',
    },
    api: ['/api', '/mcp'],
    environment: 'local',
    ...(oauth && { oauth: { registration: true, scopes: { posts: 'Posts' } } }),
  })
  await connect.migrate()
  const router = new Router()
  router.get('/api/hello', connect.require(), ctx => {
    ctx.body = { hello: ctx.state.auth?.user.login }
  })
  router.get('/wp-json/shop/v1/orders', ctx => {
    ctx.body = { orders: [] }
  })
  router.get('/rest/v1/shop', ctx => {
    ctx.body = { shop: true }
  })
  router.get('/.well-known/oauth-protected-resource/elsewhere', ctx => {
    ctx.body = { resource: 'elsewhere' }
  })
  router.get('/oauth2/mine', ctx => ctx.redirect('/elsewhere'))
  app.use(connect.middleware())
  if (before) app.use(before)
  app.use(router.routes() as Middleware)
  app.use(ctx => {
    ctx.type = 'html'
    ctx.set('ETag', '"page"')
    ctx.body = `<p>home of ${ctx.url}`
  })
  t.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await connect.close()
    await database.destroy()
  })
  const { password } = await connect.applicationPasswords.create(ANN, 'x')
  return { client: new Client(url), url, headers: basic('ann', password) }
}

/** By a socket, because `new URL('//x', …)` is another host. */
async function ask(site: { url: string }, target: string, headers: Record<string, string> = {}) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const text = await sendRaw(site, `GET ${target} HTTP/1.0\r\nHost: localhost\r\n${lines.join('')}\r\n`)
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const isJson = /content-type: application\/json/i.test(head)
  return { status: Number(head.split(' ')[1]), head, json: isJson ? JSON.parse(body) : undefined, text: body }
}

test('WordPress’s alternative URLs lead to the same routes', async t => {
  const site = await startSite(t)
  const { password } = await (await site.client('admin')).createPassword()
  const headers = basic('admin', password)
  for (const target of [
    ME,
    `/${ME}`,
    `///${ME}`,
    `${ME}/`,
    `${ME}///`,
    '/wp-json//wp/v2/users/me',
    '//wp-json//wp/v2//users/me',
    `/index.php${ME}`,
    `//index.php${ME}`,
    '/?rest_route=/wp/v2/users/me',
    '//?rest_route=/wp/v2/users/me',
    '/?rest_route=/wp/v2/users/me/',
    '/?rest_route=/wp/v2/users/me//',
    '/?rest_route=%2Fwp%2Fv2%2Fusers%2Fme',
    '/?rest_route=/nothing&rest_route=/wp/v2/users/me',
    '/index.php?rest_route=/wp/v2/users/me&context=edit',
    '//index.php?rest_route=/wp/v2/users/me',
  ]) {
    const { status, json } = await ask(site, target, headers)
    t.deepEqual([target, status, json?.name], [target, 200, 'admin'])
    t.deepEqual([target, (await ask(site, target)).status], [target, 401], 'and nobody gets in by it')
  }
  for (const target of ['//wp-json', '///wp-json/', '//?rest_route=/', '/?rest_route=//', '/index.php/wp-json/']) {
    t.deepEqual([target, (await ask(site, target)).json?.name], [target, 'Test Site'])
  }
  t.regex((await ask(site, '//wp-login.php')).text, /id="user_pass"/)
  t.regex((await ask(site, '//wp-admin/profile.php')).head, /^Location: .*wp-login\.php/im)
  t.is((await ask(site, '//.well-known/oauth-authorization-server')).json.issuer, site.url)
})

test('a rest_route unknown to WordPress gets a 404 in JSON, and not the home page', async t => {
  const site = await startHost(t)
  for (const route of [
    'wp/v2/users/me',
    '//wp/v2/users/me',
    '/wp/v2//users/me',
    '/wp/v2/users/me?context=edit',
    '/wp/v2/users/me#x',
    '/nothing',
    '/..',
    '%00',
    '/%E2%82',
  ]) {
    for (const path of ['/', '//', '/index.php']) {
      const { status, json } = await ask(site, `${path}?rest_route=${route.replace('#', '%23')}`, site.headers)
      t.deepEqual([route, status, json?.code], [route, 404, 'rest_no_route'])
    }
  }
  for (const target of ['/', '/?rest_route=', '/?rest_route[]=/wp/v2', '/?other=1']) {
    t.regex((await ask(site, target)).text, /^<p>home of \//, target)
  }
})

test('the host’s own URLs stay unchanged', async t => {
  const site = await startHost(t)
  for (const target of [
    '//',
    '//page',
    '///page//x',
    '//apps-of-the-host',
    '/index.php/page',
    '//wp-jsonx',
    '/index.php/wp-jsonx',
  ]) {
    t.is((await ask(site, target)).text, `<p>home of ${target}`)
  }
})

test('authentication covers every spelling that a host’s router may collapse to a path of its API', async t => {
  const folds: Middleware = (ctx, next) => {
    ctx.path = ctx.path.replace(/\/{2,}/g, '/')
    return next()
  }
  const folding = await startHost(t, { before: folds })
  const plain = await startHost(t)
  for (const target of ['/api/hello', '//api/hello', '///API/hello', '/api//hello']) {
    t.deepEqual((await ask(folding, target, folding.headers)).json, { hello: 'ann' }, target)
    t.is((await ask(folding, target)).status, 401, target)
    t.is((await ask(folding, target, basic('ann', 'wrong'))).json.code, 'incorrect_password', target)
    t.is((await ask(plain, target, basic('ann', 'wrong'))).json.code, 'incorrect_password', target)
  }
  t.regex((await ask(plain, '//api/hello')).text, /^<p>home of/, 'no router of this host’s takes it for its API')
})

test('an unknown path under our prefixes gets a 404 in JSON, even before a host’s fallback page', async t => {
  const site = await startHost(t)
  for (const path of ['/wp-json/nothing', '/wp-json/wp/v2/posts', '/WP-JSON/nothing']) {
    const { status, json, head } = await ask(site, path)
    t.deepEqual([path, status, json?.code, json?.data.status], [path, 404, 'rest_no_route', 404])
    t.notRegex(head, /etag/i)
  }
  for (const path of ['/rest/v1/sites/1', '/rest/v1.1/me/sites', '/rest/v1.2/oauth2/authorize/meta', '/rest/v1']) {
    const { status, json } = await ask(site, path)
    t.deepEqual([path, status, json?.error, typeof json?.message], [path, 404, 'rest_no_route', 'string'])
  }
  for (const path of [
    '/oauth2/nothing',
    '/oauth2',
    '/.well-known/oauth-authorization-server/nothing',
    '/.well-known/openid-configuration/nothing',
    '/.well-known/oauth-protected-resource/nothing',
  ]) {
    const { status, json, head } = await ask(site, path)
    t.deepEqual([path, status, json?.error], [path, 404, 'rest_no_route'])
    t.regex(head, /Access-Control-Allow-Origin: \*/i)
  }
  t.deepEqual((await ask(site, '/wp-json/shop/v1/orders')).json, { orders: [] })
  t.deepEqual((await ask(site, '/rest/v1/shop')).json, { shop: true })
  t.deepEqual((await ask(site, '/.well-known/oauth-protected-resource/elsewhere')).json, { resource: 'elsewhere' })
  t.is((await ask(site, '/oauth2/mine')).status, 302)
})

test('a client that looks for the authorization server of a resource finds the site’s only one', async t => {
  const site = await startHost(t)
  for (const wellKnown of ['oauth-authorization-server', 'openid-configuration']) {
    for (const resource of ['', '/', '/mcp', '/api', '/api/hello', '/wp-json']) {
      const { status, json } = await ask(site, `/.well-known/${wellKnown}${resource}`)
      t.deepEqual([resource, status, json?.issuer], [resource, 200, site.url])
    }
    t.is((await site.client.send('OPTIONS', `/.well-known/${wellKnown}/mcp`)).status, 204)
  }
})

test('without OAuth its paths belong to the host', async t => {
  const site = await startHost(t, { oauth: false })
  for (const path of ['/oauth2/token', '/.well-known/oauth-authorization-server/mcp', '/rest/v1/me']) {
    t.is((await ask(site, path)).text, `<p>home of ${path}`)
  }
})

test('behind a host’s CORS with cookies, OAuth endpoints still allow every origin without cookies', async t => {
  const site = await startSite(t)
  site.app.middleware.unshift(async (ctx, next) => {
    ctx.set('Access-Control-Allow-Credentials', 'true')
    return next()
  })
  site.server.removeAllListeners('request').on('request', site.app.callback())
  const client = await site.client()
  for (const [method, path] of [
    ['GET', '/oauth2/token'],
    ['POST', '/oauth2/token'],
    ['OPTIONS', '/oauth2/token'],
    ['GET', '/oauth2/token-info'],
    ['GET', '/.well-known/oauth-authorization-server'],
    ['GET', '/oauth2/nothing'],
  ] as const) {
    const { headers } = await client.send(method, path)
    t.deepEqual(
      [path, headers.get('access-control-allow-origin') ?? '*', headers.get('access-control-allow-credentials')],
      [path, '*', null],
    )
  }
})
