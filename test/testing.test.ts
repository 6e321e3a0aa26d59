import test, { type ExecutionContext } from 'ava'
import Koa from 'koa'
import { embeddedUsers, type User } from '../src/index.ts'
import { createTestSite, type TestSite } from '../src/testing.ts'
import { Client, ME } from './support/client.ts'
import { listen } from './support/listen.ts'

const ANNA: User = { id: 7, login: 'anna', email: 'anna@example.com', roles: ['author'] }
const oauth = { scopes: { posts: 'Posts', media: 'Media' }, defaultScopes: ['posts'] }

/** The site behind a host's app, and a client without cookies of its own. */
async function serve(t: ExecutionContext, site: TestSite): Promise<Client> {
  t.teardown(() => site.close())
  const app = new Koa()
  app.use(site.connect.middleware())
  app.use(site.connect.require())
  app.use(ctx => {
    ctx.body = ctx.state.auth
  })
  const { url, answer } = await listen(t)
  answer(app.callback())
  return new Client(url)
}

test('signedInAs() works for pages and the API', async t => {
  const site = await createTestSite()
  const client = await serve(t, site)
  const headers = await site.signedInAs(ANNA)
  t.regex((await client.get('/wp-admin/profile.php', { headers })).text, /anna@example\.com/)
  t.deepEqual((await client.get('/api/x', { headers })).json, { method: 'session', user: ANNA })
  t.is((await client.send('POST', `${ME}/application-passwords`, { headers, json: { name: 'x' } })).status, 201)
  t.is(
    (await client.get('/api/x', { headers: { cookie: headers.cookie } })).status,
    401,
    'a cookie alone is not enough',
  )
})

test('withApplicationPassword() works with any name', async t => {
  const site = await createTestSite()
  const client = await serve(t, site)
  const headers = await site.withApplicationPassword(ANNA, 'Zapier')
  t.like((await client.get('/api/x', { headers })).json, { user: ANNA, applicationPassword: { name: 'Zapier' } })
  await site.connect.applicationPasswords.revokeAll(ANNA)
  t.is((await client.get('/api/x', { headers })).status, 401, 'it is a real one')
})

test('withAccessToken() works for the granted scopes', async t => {
  const site = await createTestSite({ oauth })
  const client = await serve(t, site)
  const scopes = async (wanted?: string[]) =>
    (await client.get('/api/x', { headers: await site.withAccessToken(ANNA, wanted) })).json.scopes
  t.deepEqual(await scopes(), ['posts'])
  t.deepEqual(await scopes(['media']), ['media'])
  t.deepEqual((await scopes(['posts', 'media'])).sort(), ['media', 'posts'])
  t.is((await site.connect.oauth.connectedApps.list(ANNA)).length, 3)
  await t.throwsAsync(site.withAccessToken(ANNA, ['nope']), {
    message: /the scopes nope: oauth\.scopes does not contain nope/,
  })
  await t.throwsAsync(site.withAccessToken(ANNA, ['auth', 'posts']), { message: /the scopes auth, posts: \w/ })
})

test('it works below a path, and for several users at once', async t => {
  const site = await createTestSite({ site: { url: 'http://localhost/blog', name: 'Blog' }, oauth })
  const client = await serve(t, site)
  const ben = { id: 'ben', login: 'ben' }
  const headers = await Promise.all([
    site.signedInAs(ANNA),
    site.signedInAs(ben),
    site.withApplicationPassword(ANNA),
    site.withAccessToken(ben),
  ])
  const answers = await Promise.all(headers.map(each => client.get('/api/x', { headers: each })))
  t.deepEqual(
    answers.map(({ json }) => json.user.login),
    ['anna', 'ben', 'anna', 'ben'],
  )
})

test('users may be an instance of a host’s class with private fields', async t => {
  class People {
    readonly #all = new Map([['7', ANNA]])
    async current() {
      return null
    }
    async find(id: string) {
      return this.#all.get(id) ?? null
    }
    findByLogin = async (login: string) => (login === 'anna' ? ANNA : null)
    loginUrl() {
      return '/log-in'
    }
  }
  const site = await createTestSite({ users: new People() })
  const client = await serve(t, site)
  for (const headers of [await site.signedInAs(ANNA), await site.withApplicationPassword(ANNA)])
    t.is((await client.get('/api/x', { headers })).json.user.id, 7)
  await t.throwsAsync(site.signedInAs({ id: 8, login: 'ben' }), {
    message: /returned no user 8; create the user first/,
  })
  t.is((await client.get('/wp-admin/profile.php')).headers.get('location'), '/log-in')
})

test('embedded users can still log in as usual', async t => {
  const site = await createTestSite({ users: embeddedUsers() })
  const client = await serve(t, site)
  const sam = await site.connect.users.accounts.create('sam', 'password', { email: 'sam@example.com' })
  t.is((await client.get('/api/x', { headers: await site.signedInAs(sam) })).json.user.login, 'sam')
  await client.login('sam', 'password')
  t.regex((await client.get('/wp-admin/profile.php')).text, /sam@example\.com/)
})

test('without the option oauth, withAccessToken() throws an error that says so', async t => {
  const site = await createTestSite()
  t.teardown(() => site.close())
  t.is(site.connect.oauth, null)
  await t.throwsAsync(site.withAccessToken(ANNA), { message: /need the option oauth/ })
})

test.serial('outside of tests createTestSite() throws an error that says what to do', async t => {
  const { NODE_ENV, NODE_TEST_CONTEXT } = process.env
  t.teardown(() => Object.assign(process.env, { NODE_ENV }, NODE_TEST_CONTEXT !== undefined && { NODE_TEST_CONTEXT }))
  const message = /^createTestSite: .*only runs in tests.*set NODE_ENV=test yourself/
  for (const env of [undefined, 'production', 'development', '']) {
    delete process.env.NODE_TEST_CONTEXT
    if (env === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = env
    await t.throwsAsync(createTestSite(), { message })
  }
  process.env.NODE_ENV = 'production'
  process.env.NODE_TEST_CONTEXT = 'child-v8'
  await t.throwsAsync(createTestSite(), { message })
  delete process.env.NODE_ENV
  await t.notThrowsAsync(async () => (await createTestSite()).close())
  delete process.env.NODE_TEST_CONTEXT
})
