import test from 'ava'
import { startContentSite, V2 } from '../support/content.ts'
import { bearer, connectApp, createApp } from '../support/oauth.ts'

test('a token writes and reads what is not public only with the scope for it', async t => {
  const site = await startContentSite(t)
  const { json: draft } = await site.as('admin', 'POST', '/posts', { json: { title: 'Draft' } })
  await site.as('admin', 'POST', '/posts', { json: { title: 'Public', status: 'publish' } })
  const admin = await site.client('admin')
  const anybody = await site.client()
  const tokenFor = async (scope: string) => {
    const { access_token } = await connectApp(site, admin, await createApp(site), { scope })
    return (method: string, route: string, json?: object) =>
      anybody.send(method, V2 + route, { headers: bearer(access_token), ...(json && { json }) })
  }

  const media = await tokenFor('media')
  t.is((await media('GET', '/posts')).headers.get('x-wp-total'), '1')
  t.is((await media('GET', `/posts/${draft.id}`)).json.code, 'insufficient_scope')
  t.is((await media('GET', '/posts?status=draft')).status, 400)
  t.is((await media('GET', '/posts?context=edit')).json.code, 'insufficient_scope')
  t.is((await media('POST', '/posts', { title: 'x' })).json.code, 'insufficient_scope')
  t.is((await media('DELETE', `/posts/${draft.id}`)).json.code, 'insufficient_scope')
  t.is((await media('POST', '/tags', { name: 'x' })).json.code, 'insufficient_scope')
  t.is((await media('GET', '/settings')).json.code, 'insufficient_scope')
  t.is((await media('GET', '/users?context=edit')).json.code, 'insufficient_scope')

  const posts = await tokenFor('posts')
  t.is((await posts('GET', `/posts/${draft.id}`)).status, 200)
  t.is((await posts('POST', '/posts', { title: 'x' })).status, 201)
  t.is((await posts('POST', '/tags', { name: 'x' })).json.code, 'insufficient_scope')

  const taxonomy = await tokenFor('taxonomy')
  t.is((await taxonomy('POST', '/tags', { name: 'x' })).status, 201)
})

test('a token that only identifies the user sees what anybody sees', async t => {
  const site = await startContentSite(t)
  await site.as('admin', 'POST', '/posts', { json: { title: 'Draft' } })
  const { access_token } = await connectApp(site, await site.client('admin'), await createApp(site), { scope: 'auth' })
  const list = (query: string) =>
    site.client().then(each => each.get(`${V2}/posts${query}`, { headers: bearer(access_token) }))
  t.deepEqual((await list('')).json, [])
  t.is((await list('?context=edit')).json.code, 'insufficient_scope')
  const users = await (await site.client()).get(`${V2}/users`, { headers: bearer(access_token) })
  t.deepEqual(users.json, [])
})

test('a subscriber’s token with every scope may do no more than the subscriber', async t => {
  const site = await startContentSite(t)
  const { access_token } = await connectApp(site, await site.client('sam'), await createApp(site), {
    scope: 'posts media taxonomy',
  })
  const client = await site.client()
  for (const route of ['/posts', '/pages', '/tags', '/categories']) {
    const answer = await client.send('POST', V2 + route, {
      headers: bearer(access_token),
      json: { title: 'x', name: 'x' },
    })
    t.is(answer.json.code, 'rest_cannot_create', route)
  }
})
