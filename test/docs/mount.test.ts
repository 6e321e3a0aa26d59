import { createServer } from 'node:http'
import { stripTypeScriptTypes } from 'node:module'
import Router from '@koa/router'
import test from 'ava'
import Koa from 'koa'
import mount from 'koa-mount'
import { ConnectError, createConnect, embeddedUsers } from '../../src/index.ts'
import { basic, Client } from '../support/client.ts'
import { changedSite, FIRST_SITE, startFirstSite } from '../support/first-site.ts'
import { listen } from '../support/inner.ts'
import { block } from '../support/markdown.ts'
import { startRedis } from '../support/redis.ts'
import { SECRET, startSite } from '../support/site.ts'
import { testWith } from '../support/tools.ts'

const PATH = 'docs/start/mount.md'

test('the parts mounted one by one behave like the whole', async t => {
  const { password, client } = await startFirstSite(
    t,
    changedSite('app.use(connect.middleware())\n', block(PATH, 'ts', 'app.use(connect.pages())')),
  )
  t.deepEqual((await client.get('/api/hello', { headers: basic('admin', password) })).json, { hello: 'admin' })
  t.is((await client.get('/?rest_route=/wp/v2/users/me')).json.code, 'rest_not_logged_in')
})

test('the additions to the app work', async t => {
  const added = ['api/whoami', 'discoveryLink', 'SIGTERM'].map(marker => block(PATH, 'ts', marker)).join('\n')
  const { password, client } = await startFirstSite(t, changedSite('app.listen(3000)\n', added))
  t.deepEqual((await client.get('/api/whoami', { headers: basic('admin', password) })).json, {
    login: 'admin',
    with: 'Script',
  })
  t.regex((await client.get('/')).headers.get('link') ?? '', /^<http:.*\/wp-json\/>; rel="https:\/\/api\.w\.org\/"$/)
})

test('below a path, by koa-mount: the doctor finds everything, also the metadata at the root', async t => {
  const { knex } = await startSite(t)
  const server = createServer()
  const origin = `http://localhost:${await listen(t, server)}`
  const connect = await createConnect({
    knex,
    site: { url: `${origin}/account`, name: 'Mounted' },
    secret: SECRET,
    users: embeddedUsers(),
    environment: 'local',
    api: ['/api'],
    oauth: { scopes: { posts: 'Posts' } },
  })
  t.teardown(() => connect.close())
  const app = new Koa()
  const code = stripTypeScriptTypes(block(PATH, 'ts', 'koa-mount')).replaceAll(/^(import .*$|export )/gm, '')
  new Function('app', 'connect', 'mount', `${code}\nmountAccount(app, connect)`)(app, connect, mount)
  const router = new Router()
  router.get('/api/hello', connect.require(), ctx => {
    ctx.body = { hello: ctx.state.auth?.user.login }
  })
  app.use(mount('/account', router.routes() as Koa.Middleware))
  server.on('request', app.callback())

  const found = await connect.doctor()
  t.deepEqual(
    found.filter(({ status }) => status === 'fail'),
    [],
  )
  t.is(found.find(({ check }) => check === 'oauth-metadata')?.status, 'ok')
  const sam = await connect.users.findByLogin('sam')
  if (!sam) throw new Error('no sam')
  const { password } = await connect.applicationPasswords.create(sam, 'Script')
  const answer = await new Client(origin).get('/account/api/hello', { headers: basic('sam', password) })
  t.deepEqual(answer.json, { hello: 'sam' })
})

test('a protocol of the host’s own verifies credentials', async t => {
  const { connect, client } = await startSite(t)
  const { password } = await (await client('sam')).createPassword('Mail')
  const body = `${block(PATH, 'ts', 'verifyCredentials').replace('console.log', 'return ')}`
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  const logIn = new AsyncFunction('connect', 'login', 'password', 'ip', body)
  t.is(await logIn(connect, 'sam', password, '192.0.2.1'), 'sam came in with Mail')
  await t.throwsAsync(logIn(connect, 'sam', 'wrong', '192.0.2.1'), {
    instanceOf: ConnectError,
    code: 'incorrect_password',
  })
})

test('a site’s own Bearer tokens work next to the package’s', async t => {
  const yours = `import type { Middleware } from 'koa'
const checkYourToken: Middleware = (ctx, next) => (ctx.get('Authorization').endsWith('site_right') ? next() : ctx.throw(401))
const listPosts: Middleware = ctx => void (ctx.body = { by: ctx.state.auth?.user.login ?? 'a token of yours' })
`
  const whole = block(PATH, 'ts', 'hasYourToken')
  const [made = '', route = ''] = whole.split(/^(?=const byConnect)/m)
  const site = [
    ["environment: 'local',", "oauth: { scopes: { posts: 'Posts' } },\n  environment: 'local',"],
    ['app.use(connect.middleware())\n', made + route],
  ].reduce((text, [line = '', instead = '']) => text.replace(line, instead), yours + FIRST_SITE)
  const { password, client } = await startFirstSite(t, site)
  const ask = (authorization?: string) => client.get('/api/posts', { headers: authorization ? { authorization } : {} })
  t.deepEqual((await ask('Bearer site_right')).json, { by: 'a token of yours' })
  t.is((await ask('Bearer site_wrong')).status, 401)
  t.is((await ask('Bearer something_else')).json.code, 'invalid_token')
  t.is((await ask()).json.code, 'rest_not_logged_in')
  t.deepEqual((await ask(basic('admin', password).authorization)).json, { by: 'admin' })
})

testWith('redis-server')('failed attempts are counted in Redis', async t => {
  const redis = await startRedis(t)
  const site = `import { redis } from './redis.ts'\n${changedSite("  environment: 'local',", "  throttle: { redis },\n  environment: 'local',")}`
  const files = { 'redis.ts': block('docs/run/several-processes.md', 'ts', 'ioredis') }
  const { client } = await startFirstSite(t, site, files, { REDIS_URL: redis.url })
  t.is((await client.send('POST', '/wp-login.php', { form: { log: 'admin', pwd: 'wrong' } })).status, 401)
  t.is((await client.get('/api/hello', { headers: basic('admin', 'wrong') })).status, 401)
  t.is((JSON.parse(await redis.dump())[0] as string[]).length, 6, 'three of the login, three of the API')
})
