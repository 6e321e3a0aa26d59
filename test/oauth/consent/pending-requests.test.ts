import test from 'ava'
import { MAX_PENDING } from '../../../src/oauth/provider/interaction-rows.ts'
import { authorizeUrl, createApp, openConsent, press, redeem } from '../../support/oauth.ts'
import { startSite } from '../../support/site.ts'

test('each user has a limited number of pending requests, and the oldest are dropped', async t => {
  const site = await startSite(t)
  const [sam, ed] = [await site.client('sam'), await site.client('ed')]
  const app = await createApp(site)
  const table = () => site.knex('connect_oauth_interactions')
  const other = await openConsent(ed, authorizeUrl(app))
  await table().insert({ hash: 'oldest', user_id: '3', payload: '{}', expires: 1 })
  for (let i = 0; i < MAX_PENDING; i++) await sam.get(authorizeUrl(app))
  const newest = await openConsent(sam, authorizeUrl(app))
  t.is((await table().where({ user_id: '3' })).length, MAX_PENDING)
  t.is((await table().where({ hash: 'oldest' })).length, 0)
  // Many at once, too.
  await Promise.all(Array.from({ length: MAX_PENDING + 5 }, () => ed.get(authorizeUrl(app))))
  t.true((await table().where({ user_id: '2' })).length <= MAX_PENDING)
  t.is(newest.page.status, 200)
  const back = await press(sam, newest, 'approve')
  t.is((await redeem(site, app, back.searchParams.get('code') ?? '')).status, 200)
  t.is((await table().where({ user_id: '3' })).length, MAX_PENDING - 1)
  t.is(other.page.status, 200)
})

test('the size of a stored request is limited', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site)
  const long = 'x'.repeat(2048)
  const query = { state: long, nonce: long, blog: long, scope: `openid posts ${'y '.repeat(400)}`, login_hint: long }
  t.is((await user.get(authorizeUrl(app, query))).status, 303)
  const rows: { payload: string }[] = await site.knex('connect_oauth_interactions')
  t.is(rows.length, 1)
  t.true((rows[0]?.payload.length ?? 0) < 8 * 1024)
  for (const name of ['state', 'nonce', 'blog']) {
    const { headers } = await user.get(authorizeUrl(app, { scope: 'openid', [name]: `${long}x` }))
    const told = new URL(headers.get('location') ?? '').searchParams
    t.is(told.get('error'), 'invalid_request')
    t.is(told.get('error_description'), `${name} has 2049 characters; it may have 2048`)
  }
  t.is((await site.knex('connect_oauth_interactions')).length, 1)
})

test('the page and the form of a dropped request say that it is gone', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site)
  const first = await openConsent(user, authorizeUrl(app))
  const cookies = new Map(user.cookies)
  for (let i = 0; i < MAX_PENDING; i++) await user.get(authorizeUrl(app))
  await site.knex('connect_oauth_interactions').delete()
  for (const [name, value] of cookies) user.cookies.set(name, value)
  t.is((await user.get(first.path)).status, 400)
  const back = await press(user, first, 'approve')
  t.is(back.href, 'https://no-location.example/404')
  t.deepEqual(await site.knex('connect_oauth_grants'), [])
})
