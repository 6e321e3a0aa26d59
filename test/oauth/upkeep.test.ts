import { setTimeout as wait } from 'node:timers/promises'
import test from 'ava'
import { freshDatabase } from '../support/database.ts'
import { authorize, authorizeUrl, connectApp, createApp, openConsent, redeem, refresh } from '../support/oauth.ts'
import { startSite, type TestSite } from '../support/site.ts'

const DAY = 24 * 3600
const now = () => Math.floor(Date.now() / 1000)
const count = async ({ knex }: TestSite, table: string) => (await knex(`connect_oauth_${table}`)).length
const sweep = ({ connect }: TestSite) => connect.oauth?.deleteExpired()

test('expired rows are deleted in batches; valid ones stay', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const app = await createApp(site)
  const kept = await connectApp(site, sam, app)
  await authorize(sam, app)
  await openConsent(sam, authorizeUrl(app))
  const row = await site.knex('connect_oauth_tokens').where({ kind: 'access' }).first()
  const expired = Array.from({ length: 450 }, (_, i) => ({ ...row, hash: `expired-${i}`, expires: now() - 61 }))
  for (let at = 0; at < expired.length; at += 50)
    await site.knex('connect_oauth_tokens').insert(expired.slice(at, at + 50))
  await site
    .knex('connect_oauth_tokens')
    .where({ kind: 'code' })
    .update({ expires: now() - 61 })
  await site.knex('connect_oauth_interactions').update({ expires: now() - 1 })
  await sweep(site)
  t.is(await count(site, 'tokens'), 2)
  t.is(await count(site, 'interactions'), 0)
  t.is((await refresh(site, app, kept.refresh_token)).status, 200)
})

test('a grant without tokens is deleted, but not while its first one is being issued', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const app = await createApp(site)
  await connectApp(site, sam, app)
  await site.knex('connect_oauth_tokens').update({ expires: now() - 61 })
  t.deepEqual((await sam.rest('GET', '/rest/v1.1/me/connected-applications')).json.connected_applications, [])
  await sweep(site)
  t.is(await count(site, 'grants'), 1)
  await site.knex('connect_oauth_grants').update({ created: now() - 3601 })
  const live = await connectApp(site, sam, app)
  await site.knex('connect_oauth_grants').update({ created: now() - 3601 })
  await sweep(site)
  t.is(await count(site, 'grants'), 1)
  t.is((await refresh(site, app, live.refresh_token)).status, 200)
})

test('a registration that no user has authorized is deleted after 30 days; an authorized one stays', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const register = async () =>
    (
      await (
        await site.client()
      ).send('POST', '/oauth2/register', { json: { redirect_uris: ['https://a.example/cb'] } })
    ).json
  const [unused, used] = [await register(), await register()]
  const app = { id: used.client_id, secret: used.client_secret, redirectUri: 'https://a.example/cb' }
  await connectApp(site, await site.client('sam'), app)
  await createApp(site)
  await site.knex('connect_oauth_clients').update({ created: now() - 30 * DAY + 60 })
  await sweep(site)
  t.is(await count(site, 'clients'), 3)
  await site.knex('connect_oauth_clients').update({ created: now() - 30 * DAY - 60 })
  await sweep(site)
  const left = (await site.knex('connect_oauth_clients')).map(({ client_id }) => client_id)
  t.is(left.length, 2)
  t.false(left.includes(unused.client_id))
})

test('requests trigger the deletion of expired rows', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const app = await createApp(site)
  await site.knex('connect_oauth_interactions').insert({ hash: 'old', payload: '{}', expires: 1 })
  await sam.get(authorizeUrl(app))
  while ((await count(site, 'interactions')) > 1) await wait(20)
  t.is(await count(site, 'interactions'), 1)
})

test('a new signing key is published first and signs later; the old ones stay for a day', async t => {
  const site = await startSite(t)
  const script = await site.client()
  const app = await createApp(site)
  const sam = await site.client('sam')
  const published = async () =>
    (await script.get('/.well-known/jwks.json')).json.keys.map(({ kid, d }: { kid: string; d?: string }) => {
      t.is(d, undefined, 'no private key')
      return kid
    })
  const signedBy = async () => {
    const { id_token = '' } = await connectApp(site, sam, app, { scope: 'openid' })
    return JSON.parse(Buffer.from(id_token.split('.')[0] ?? '', 'base64url').toString()).kid
  }
  const rsa = (kid: string | undefined) => `${kid}-rs256`
  const [, first] = await published()
  t.is(await signedBy(), rsa(first))

  const second = await site.connect.oauth?.rotateSigningKey()
  t.deepEqual((await published()).sort(), [first, rsa(first), second, rsa(second)].sort())
  t.is(await signedBy(), rsa(first))
  const keys = site.knex('connect_oauth_signing_keys')
  await keys.clone().update({ created: site.knex.raw('created - 700') })
  const third = await site.connect.oauth?.rotateSigningKey()
  t.is(await signedBy(), rsa(second))
  t.is((await published()).length, 6)

  await keys.clone().update({ created: site.knex.raw('created - 90000') })
  await site.connect.oauth?.rotateSigningKey()
  await sweep(site)
  t.is(await signedBy(), rsa(third))
  for (const dropped of [first, rsa(first)]) t.false((await published()).includes(dropped), 'signed nothing for a day')
})

test('two processes that start on an empty database sign with the same key', async t => {
  const one = await startSite(t, { DATABASE_URL: await freshDatabase(t) })
  const two = await startSite(t, { DATABASE_URL: one.databaseUrl })
  const kids = await Promise.all(
    [one, two].map(async site => (await (await site.client()).get('/.well-known/jwks.json')).json.keys),
  )
  t.deepEqual(kids[0], kids[1])
  t.deepEqual(
    kids[0].map(({ alg }: { alg: string }) => alg),
    ['RS256', 'ES256'],
  )
})

test('a site of version 0.3 gets RS256 keys, the same in all processes, and keeps its own', async t => {
  const one = await startSite(t)
  const two = await startSite(t, { DATABASE_URL: one.databaseUrl })
  const app = await createApp(one)
  const old = await createApp(one)
  const rows = one.knex('connect_oauth_signing_keys')
  const jwks = async (site: TestSite) => (await (await site.client()).get('/.well-known/jwks.json')).json.keys
  await jwks(one)
  // As version 0.3 left them, when it had rotated its key.
  await one.connect.oauth?.rotateSigningKey()
  await rows.clone().update({ sealed_rsa: null })
  await one.knex('connect_oauth_clients').where({ client_id: old.id }).update({ id_token_alg: 'ES256' })
  await one.connect.oauth?.deleteExpired()
  const [ofOne, ofTwo] = await Promise.all([jwks(one), jwks(two)])
  t.deepEqual(ofOne, ofTwo)
  t.is(ofOne.length, 4)
  const sam = await one.client('sam')
  const header = async (by: typeof app) => {
    const { id_token = '' } = await connectApp(one, sam, by, { scope: 'openid' })
    return JSON.parse(Buffer.from(id_token.split('.')[0] ?? '', 'base64url').toString())
  }
  t.like(await header(app), { alg: 'RS256', kid: ofOne[0].kid })
  t.like(await header(old), { alg: 'ES256', kid: ofOne[1].kid })
})

test('a code lives for five minutes', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const code = await authorize(await site.client('sam'), app)
  const [row] = await site.knex('connect_oauth_tokens').where({ kind: 'code' })
  t.true(Number(row.expires) - now() <= 300)
  const payload = { ...JSON.parse(row.payload), exp: now() - 20 }
  await site.knex('connect_oauth_tokens').update({ payload: JSON.stringify(payload), expires: now() - 20 })
  t.is((await redeem(site, app, code)).json.error, 'invalid_grant')
})

test('authorization requests of anonymous visitors are not stored', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const anybody = await site.client()
  for (let request = 0; request < 5; request++)
    t.regex((await anybody.get(authorizeUrl(app))).headers.get('location') ?? '', /^\/wp-login\.php\?redirect_to=/)
  t.is(await count(site, 'interactions'), 0)
})
