import test from 'ava'
import Koa from 'koa'
import { type Auth, createConnect, OptionsError } from '../../src/index.ts'
import { basic, Client } from '../support/client.ts'
import { exampleFolder } from '../support/example.ts'
import { listen } from '../support/listen.ts'
import { block, tableRows } from '../support/markdown.ts'
import { bearer, connectApp, createApp, refresh } from '../support/oauth.ts'
import { changed, OAUTH_EXAMPLE, startOAuthExample } from '../support/oauth-example.ts'
import { SECRET, startSite } from '../support/site.ts'

const PATH = 'docs/features/scopes.md'
const SCOPES = block(PATH, 'ts', 'defaultScopes')

/** docs/features/oauth.md's app with the scopes and routes of docs/features/scopes.md. */
const APP = [
  ["import knex from 'knex'\n", "import knex from 'knex'\nimport { oauth } from './scopes.ts'\n"],
  [/oauth: \{.*?\n {2}\},\n/s, 'oauth,\n'],
  [/router\.get\(.*?\n\}\)\n/s, block(PATH, 'ts', 'router.post')],
].reduce((text, [part = '', instead]) => changed(text, part, String(instead)), OAUTH_EXAMPLE)

/** A cell's word: what the table says that the guard does. */
const says = (cell: string) => (cell === 'allowed' ? 200 : Number(/\d{3}/.exec(cell)?.[0]))

test('each row of the table of docs/features/scopes.md is true', async t => {
  const { url, sam, connectApp } = await startOAuthExample(t, { 'site.ts': APP, 'scopes.ts': SCOPES })
  const token = async (scope?: string) => bearer((await connectApp(sam, scope ? { scope } : {})).access_token)
  const { password } = await sam.createPassword()
  const cookie = [...sam.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const callers: Record<string, Record<string, string>[]> = {
    'An application password': [basic('sam', password), { cookie, 'x-wp-nonce': await sam.nonce() }],
    'A token with `posts:write`': [
      await token('posts:write'),
      await token('posts:read,posts:write'),
      await token('global'),
    ],
    'A token with `posts:read` alone': [await token('posts:read')],
    'A token with `auth`': [await token('auth'), await token('openid profile')],
    'No credentials': [{}],
  }
  const rows = tableRows(PATH).filter(([who = '']) => /^(An app|A token|No cred)/.test(who))
  t.is(rows.length, Object.keys(callers).length)
  const script = new Client(url)
  for (const [who = '', byScope = '', byNone = ''] of rows) {
    const [, headersOf = []] = Object.entries(callers).find(([start]) => who.startsWith(start)) ?? []
    t.true(headersOf.length > 0, who)
    for (const headers of headersOf) {
      const posted = await script.send('POST', '/api/posts', { headers })
      t.is(posted.status === 201 ? 200 : posted.status, says(byScope), who)
      const pinged = await script.get('/api/ping', { headers })
      t.is(pinged.status, says(byNone), who)
      for (const [answer, cell] of [[posted, byScope] as const, [pinged, byNone] as const])
        if (answer.json) t.true(cell.includes(`\`${answer.json.code}\``), `${who}: ${answer.json.code}`)
    }
  }
  t.is((await connectApp(sam)).scope, 'posts:read', 'the default')
  t.is((await connectApp(sam, { scope: 'read write' })).scope, 'posts:read', 'of what is not known')
  const offline = await connectApp(sam, { scope: 'orders offline_access' })
  t.deepEqual([offline.scope, typeof offline.refresh_token], ['orders', 'string'])
})

test('docs/features/scopes.md lists exactly the reserved scope names', async t => {
  const { knex, connect } = await startSite(t)
  const names = tableRows(PATH).flatMap(([cell = '']) => (cell.startsWith('`') ? cell.match(/[\w:]+/g) : []) ?? [])
  t.deepEqual(names, ['auth', 'global', 'openid', 'profile', 'email', 'offline_access'])
  const site = { url: 'https://example.com', name: 'Example' }
  for (const name of names) {
    const oauth = { scopes: { [name]: 'Words' } }
    await t.throwsAsync(createConnect({ knex, site, secret: SECRET, users: connect.users, oauth }), {
      instanceOf: OptionsError,
      message: /is reserved/,
    })
  }
})

test('a host maps scopes to its own actions', async t => {
  const folder = await exampleFolder(t, { 'scopes.ts': SCOPES, 'reaches.ts': block(PATH, 'ts', 'reaches(') })
  const { reaches } = (await import(`${folder}/reaches.ts`)) as { reaches(auth: Auth, action: string): boolean }
  const user = { id: 1, login: 'sam' }
  const token = (...scopes: string[]): Auth => ({
    method: 'access-token',
    user,
    client: { id: '1', name: 'Shop' },
    grantId: 'x',
    scopes,
    site: 'all',
  })
  t.true(reaches(token('posts:read'), 'post.find'))
  t.false(reaches(token('posts:read'), 'post.delete'))
  t.true(reaches(token('global'), 'post.delete'))
  t.false(reaches(token('global'), 'user.delete'))
  for (const scope of ['auth', 'openid', 'orders']) t.false(reaches(token(scope), 'post.find'), scope)
  t.true(reaches({ method: 'session', user }, 'post.delete'))
})

test('after the scopes changed, tokens keep the remaining ones, and only global tokens get the new one', async t => {
  const before = await startSite(t)
  const app = await createApp(before)
  const sam = await before.client('sam')
  const both = await connectApp(before, sam, app, { scope: 'posts media' })
  const everything = await connectApp(before, sam, app, { scope: 'global' })
  const after = await createConnect({
    knex: before.knex,
    site: { url: before.url, name: 'Example' },
    secret: SECRET,
    users: before.connect.users,
    environment: 'local',
    oauth: { scopes: { posts: 'View and manage posts', orders: 'See your orders' } },
  })
  t.teardown(() => after.close())
  const host = await listen(t)
  const site = new Koa()
  site.use(after.middleware())
  for (const scope of ['posts', 'orders']) {
    const guard = after.require({ scope })
    site.use(async (ctx, next) => {
      if (ctx.path !== `/api/${scope}`) return next()
      await guard(ctx, async () => {
        ctx.body = scope
      })
    })
  }
  host.answer(site.callback())
  const refreshed = await refresh(host, app, both.refresh_token)
  t.is(refreshed.status, 200, refreshed.text)
  const script = new Client(host.url)
  const statuses = async (token: string) =>
    Promise.all(
      ['posts', 'orders'].map(async at => (await script.get(`/api/${at}`, { headers: bearer(token) })).status),
    )
  t.deepEqual(await statuses(both.access_token), [200, 403])
  t.deepEqual(await statuses(refreshed.json.access_token), [200, 403])
  t.deepEqual(await statuses(everything.access_token), [200, 200])
})
