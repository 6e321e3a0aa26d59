import test from 'ava'
import { formFields, ME } from '../support/client.ts'
import {
  authorize,
  authorizeUrl,
  bearer,
  connectApp,
  createApp,
  openConsent,
  redeem,
  refresh,
} from '../support/oauth.ts'
import { startSite } from '../support/site.ts'

const TABLES = ['clients', 'grants', 'tokens', 'interactions', 'signing_keys'].map(name => `connect_oauth_${name}`)

test('database down: 503 with Retry-After on every path, never a rejection; afterwards all works again', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const reported: unknown[] = []
  site.app.on('error', error => reported.push(error))
  const sam = await site.client('sam')
  const app = await createApp(site)
  const tokens = await connectApp(site, sam, app)
  const code = await authorize(sam, app)
  const consent = await openConsent(sam, authorizeUrl(app))
  const fields = formFields(consent.page.text, 'name="_wpnonce"')
  const nonce = await sam.nonce()
  const { knex } = site
  for (const table of TABLES) await knex.schema.renameTable(table, `${table}_away`)

  const script = await site.client()
  const form = { client_id: app.id, client_secret: app.secret ?? '', token: tokens.access_token }
  const answers = {
    authorize: await sam.get(authorizeUrl(app)),
    consent: await sam.get(consent.path),
    approve: await sam.send('POST', consent.path, { form: { ...fields, approve: 'y' } }),
    resume: await sam.get(consent.path.replace('consent', 'authorize')),
    redeem: await redeem(site, app, code),
    refresh: await refresh(site, app, tokens.refresh_token),
    introspect: await script.send('POST', '/oauth2/token-info', { form }),
    'token-info': await script.get(`/oauth2/token-info?client_id=${app.id}&token=x`),
    revoke: await script.send('POST', '/oauth2/revoke', { form }),
    register: await script.send('POST', '/oauth2/register', { json: { redirect_uris: ['https://a.example/'] } }),
    userinfo: await script.get('/oauth2/userinfo', { headers: bearer(tokens.access_token) }),
    bearer: await script.get(ME, { headers: bearer(tokens.access_token) }),
    'own API': await script.get('/api/posts', { headers: bearer(tokens.access_token) }),
    'connected apps': await sam.get('/me/security/connected-apps'),
    'connected applications': await sam.get('/rest/v1.1/me/connected-applications', {
      headers: { 'x-wp-nonce': nonce },
    }),
  }
  for (const [what, { status, headers, text }] of Object.entries(answers)) {
    t.is(status, 503, `${what}: ${text}`)
    t.is(headers.get('retry-after'), '5', what)
    t.is(headers.get('location'), null, what)
    t.regex(text, /database_unavailable|temporarily_unavailable/, what)
    t.notRegex(text, /connect_|SQLITE|select/i, `${what}: nothing of the database's own words`)
  }
  t.true(reported.length >= Object.keys(answers).length, 'the host hears what really happened')

  for (const table of TABLES) await knex.schema.renameTable(`${table}_away`, table)
  t.is((await script.get(ME, { headers: bearer(tokens.access_token) })).status, 200)
  t.is((await redeem(site, app, code)).status, 200)
  t.is((await refresh(site, app, tokens.refresh_token)).status, 200)
})

test('if users.find() fails, OAuth endpoints answer 503', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const tokens = await connectApp(site, await site.client('sam'), app, { scope: 'openid posts' })
  await site.knex.schema.renameTable('connect_users', 'connect_users_away')
  const script = await site.client()
  const form = { client_id: app.id, client_secret: app.secret ?? '', token: tokens.access_token }
  const answers = {
    refresh: await refresh(site, app, tokens.refresh_token),
    introspect: await script.send('POST', '/oauth2/token-info', { form }),
    userinfo: await script.get('/oauth2/userinfo', { headers: bearer(tokens.access_token) }),
  }
  for (const [what, { status, text }] of Object.entries(answers)) t.is(status, 503, `${what}: ${text}`)
  await site.knex.schema.renameTable('connect_users_away', 'connect_users')
  t.is((await refresh(site, app, tokens.refresh_token)).status, 200)
})

test('over plain http outside a local environment there is no OAuth, and tokens are ignored', async t => {
  const site = await startSite(t, { WP_ENVIRONMENT_TYPE: 'production' })
  const sam = await site.client('sam')
  const app = await createApp(site)
  for (const path of [authorizeUrl(app), '/oauth2/consent/x', '/.well-known/oauth-authorization-server']) {
    const { status, text } = await sam.get(path)
    t.is(status, 501, path)
    t.regex(text, /needs HTTPS/, path)
  }
  t.is((await redeem(site, app, 'x')).status, 501)
  const me = await (await site.client()).get(ME, { headers: bearer('x') })
  t.is(me.json.code, 'rest_not_logged_in')
  t.regex(me.json.message, /needs HTTPS/)
  t.deepEqual((await sam.get('/wp-json/')).json.authentication, [])
})
