import test from 'ava'
import { basic, ME } from '../../support/client.ts'
import { bearer, connectApp, createApp } from '../../support/oauth.ts'
import { startSite } from '../../support/site.ts'

const PATH = '/rest/v1.1/me/connected-applications'

test('the list, one item, and disconnecting, in WordPress.com’s format', async t => {
  const site = await startSite(t, { SITES: '[{"id":7,"name":"Shop","url":"https://shop.example"}]' })
  const sam = await site.client('sam')
  const app = await createApp(site, { name: 'Zapp', website: 'https://zapp.example' })
  const tokens = await connectApp(site, sam, app, { scope: 'posts' }, { blog: '7' })
  const login = await connectApp(site, sam, await createApp(site, { name: 'Another' }), { scope: 'auth' })
  await (await site.client()).get('/api/posts', { headers: bearer(tokens.access_token) })

  const { status, json } = await sam.rest('GET', PATH)
  t.is(status, 200)
  const [another, zapp] = json.connected_applications
  t.like(another, { title: 'Another', scope: 'auth', site: null, last_used: null })
  t.like(zapp, { title: 'Zapp', URL: 'https://zapp.example', scope: 'site', tokens: 2, last_ip: '127.0.0.1' })
  t.deepEqual(zapp.site, { site_ID: '7', site_URL: 'https://shop.example', site_name: 'Shop' })
  t.deepEqual(zapp.permissions[1], { name: 'posts', description: 'View and manage posts' })
  t.regex(zapp.authorized, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  t.regex(zapp.last_used, /^\d{4}-/)

  t.deepEqual((await sam.rest('GET', `${PATH}/${zapp.ID}`)).json.title, 'Zapp')
  t.deepEqual((await sam.rest('POST', `${PATH}/${zapp.ID}/delete`)).json, { success: true })
  t.is((await sam.rest('GET', `${PATH}/${zapp.ID}`)).status, 404)
  const script = await site.client()
  t.is((await script.get(ME, { headers: bearer(tokens.access_token) })).status, 401)
  t.is((await script.get(ME, { headers: bearer(login.access_token) })).status, 200)
})

test('only a person at a browser sees all apps; a token sees and ends only its own connection', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const tokens = await connectApp(site, sam, await createApp(site, { name: 'Mine' }))
  await connectApp(site, sam, await createApp(site, { name: 'Other' }))
  const { password } = await sam.createPassword()
  const ended: unknown[] = []
  site.connect.on('oauth-disconnected', ({ by }) => void ended.push(by))
  const all = (await sam.rest('GET', PATH)).json.connected_applications
  const [mine, other] = all
  t.is(all.length, 2)

  const script = await site.client()
  const headers = bearer(tokens.access_token)
  const seen = (await script.get(PATH, { headers })).json.connected_applications
  t.deepEqual(
    seen.map(({ title }: { title: string }) => title),
    ['Mine'],
  )
  t.is((await script.get(`${PATH}/${other.ID}`, { headers })).status, 404)
  t.is((await script.send('POST', `${PATH}/${other.ID}/delete`, { headers })).status, 404)
  const byPassword = await script.get(PATH, { headers: basic('sam', password) })
  t.deepEqual([byPassword.status, byPassword.json.error], [403, 'not_allowed'])
  t.deepEqual([(await script.get(PATH)).status, (await script.get(PATH)).json.error], [403, 'authorization_required'])
  // A cookie alone is any page's; somebody else's connection is nobody's business.
  t.is((await sam.get(PATH)).status, 403)
  t.is((await (await site.client('admin')).rest('GET', `${PATH}/${mine.ID}`)).status, 404)

  t.deepEqual((await script.send('POST', `${PATH}/${mine.ID}/delete`, { headers })).json, { success: true })
  t.is((await script.get(PATH, { headers })).status, 401)
  await sam.rest('POST', `${PATH}/${other.ID}/delete`)
  t.deepEqual(ended, ['client', 'user'])
})

test('an application on two devices is one connected app, and both connections end together', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const app = await createApp(site)
  const phone = await connectApp(site, sam, app, { scope: 'posts' })
  const desktop = await connectApp(site, sam, app, { scope: 'media' })
  const [connected, ...more] = (await sam.rest('GET', PATH)).json.connected_applications
  t.deepEqual(more, [])
  t.is(connected.tokens, 4)
  t.deepEqual(
    connected.permissions.map(({ name }: { name: string }) => name),
    ['auth', 'posts', 'media'],
  )
  await sam.rest('POST', `${PATH}/${connected.ID}/delete`)
  const script = await site.client()
  for (const { access_token } of [phone, desktop])
    t.is((await script.get(ME, { headers: bearer(access_token) })).status, 401)
})

test('an access token may not create, list or revoke application passwords', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const { uuid } = await sam.createPassword()
  const { access_token } = await connectApp(site, sam, await createApp(site), { scope: 'global' })
  const script = await site.client()
  const path = `${ME}/application-passwords`
  for (const [method, below] of [
    ['POST', ''],
    ['GET', ''],
    ['DELETE', ''],
    ['GET', `/${uuid}`],
    ['DELETE', `/${uuid}`],
  ] as const) {
    const json = method === 'POST' ? { name: 'x' } : undefined
    const { status } = await script.send(method, path + below, { headers: bearer(access_token), json })
    t.is(status, 403, `${method} ${below}`)
  }
  t.is((await sam.rest('GET', path)).json.length, 1)
})
