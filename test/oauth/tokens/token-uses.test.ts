import { once } from 'node:events'
import { request } from 'node:http'
import test from 'ava'
import { tokenHash } from '../../../src/crypto/random-token.ts'
import { createDatabase } from '../../../src/database/database.ts'
import { MAX_KEPT } from '../../../src/oauth/tokens/token-rows.ts'
import { createTokenUses } from '../../../src/oauth/tokens/token-uses.ts'
import { ME } from '../../support/client.ts'
import {
  type App,
  authorize,
  bearer,
  connectApp,
  createApp,
  redeem,
  refresh,
  tokenRequest,
} from '../../support/oauth.ts'
import { startSite, type TestSite } from '../../support/site.ts'
import { together } from '../../support/together.ts'

/** As if all uses had been answered so many milliseconds earlier. */
const age = ({ knex }: TestSite, ms: number) =>
  knex('connect_oauth_tokens')
    .whereNotNull('consumed')
    .update({ consumed: knex.raw('consumed - ?', [ms]) })

const statusOf = async (site: TestSite, token: string) =>
  (await (await site.client()).get(ME, { headers: bearer(token) })).status

function listen({ connect }: TestSite): string[] {
  const told: string[] = []
  connect.on('oauth-token-reused', ({ clientId }) => void told.push(`reused ${clientId}`))
  connect.on('oauth-disconnected', ({ by }) => void told.push(`disconnected ${by}`))
  return told
}

test('a refresh token whose response was lost gives extra tokens five times; the next use ends the grant', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const told = listen(site)
  const first = await connectApp(site, await site.client('sam'), app)
  const pairs = []
  for (let use = 0; use < 6; use++) {
    const { status, json } = await refresh(site, app, first.refresh_token)
    t.is(status, 200, `use ${use}`)
    pairs.push(json)
  }
  t.is(new Set(pairs.flatMap(pair => [pair.access_token, pair.refresh_token])).size, 12)
  t.is((await refresh(site, app, pairs[2].refresh_token)).status, 200, 'each of them goes on')
  t.deepEqual(told, [])
  const { status, json } = await refresh(site, app, first.refresh_token)
  t.deepEqual([status, json.error], [400, 'invalid_grant'])
  t.deepEqual(told, ['disconnected reuse', `reused ${app.id}`])
  for (const pair of pairs) t.is(await statusOf(site, pair.access_token), 401)
})

test('after its grace period a second use of a refresh token is a replay, even if it was used within it', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const sam = await site.client('sam')
  const told = listen(site)
  for (const further of [0, 1]) {
    const first = await connectApp(site, sam, app)
    let pair = (await refresh(site, app, first.refresh_token)).json
    await age(site, 15_000)
    for (let use = 0; use < further; use++) pair = (await refresh(site, app, first.refresh_token)).json
    t.is(await statusOf(site, pair.access_token), 200)
    // The grace began with the first use; a further one does not prolong it.
    await age(site, 5_001)
    t.is((await refresh(site, app, first.refresh_token)).json.error, 'invalid_grant')
    t.is(await statusOf(site, pair.access_token), 401)
    t.deepEqual(told.splice(0), ['disconnected reuse', `reused ${app.id}`])
  }
})

test('the grace period is only for the same client, and not for codes', async t => {
  const site = await startSite(t)
  const [app, other] = [await createApp(site), await createApp(site)]
  const sam = await site.client('sam')
  const { refresh_token, access_token } = await connectApp(site, sam, app)
  await refresh(site, app, refresh_token)
  t.is((await refresh(site, other, refresh_token)).json.error, 'invalid_grant')
  t.is((await refresh(site, { ...app, secret: 'wrong' }, refresh_token)).json.error, 'invalid_client')
  t.is(await statusOf(site, access_token), 200, 'which ends nothing')
  const code = await authorize(sam, app)
  const { json } = await redeem(site, app, code)
  t.is((await redeem(site, app, code)).json.error, 'invalid_grant')
  t.is(await statusOf(site, json.access_token), 401)
})

test('eight uses of a refresh token at once: six get tokens, and no theft is reported', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const told = listen(site)
  const { refresh_token } = await connectApp(site, await site.client('sam'), app)
  const answers = await together(site.server, 8, () => refresh(site, app, refresh_token))
  t.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 200, 200, 200, 200, 400, 400])
  for (const { status, json } of answers) if (status === 200) t.is(await statusOf(site, json.access_token), 200)
  t.deepEqual(told, [])
})

test('a slow body does not make a replay look simultaneous', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const told = listen(site)
  const { refresh_token } = await connectApp(site, await site.client('sam'), app)
  const fields = { grant_type: 'refresh_token', refresh_token, client_id: app.id, client_secret: app.secret ?? '' }
  const body = new URLSearchParams(fields).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': body.length }
  const slow = request(`${site.url}/oauth2/token`, { method: 'POST', headers })
  slow.flushHeaders()
  await once(site.server, 'request')
  t.is((await refresh(site, app, refresh_token)).status, 200)
  await site.knex('connect_oauth_tokens').whereNotNull('consumed').update({ uses: 6 })
  await age(site, 1)
  slow.end(body)
  const [response] = await once(slow, 'response')
  response.resume()
  t.is(response.statusCode, 400)
  t.deepEqual(told, ['disconnected reuse', `reused ${app.id}`])
})

const wrongs: [what: string, form: (site: TestSite) => Record<string, string>, error: string][] = [
  ['resource', site => ({ resource: `${site.url}/wp-json` }), 'invalid_target'],
  ['a resource of somebody else', () => ({ resource: 'https://elsewhere.example' }), 'invalid_target'],
]

for (const [what, form, error] of wrongs) {
  const rightAgain = async (site: TestSite, app: App, fields: Record<string, string>) => {
    const refused = await tokenRequest(site, app, { ...fields, ...form(site) })
    return { refused, again: await tokenRequest(site, app, fields) }
  }

  test(`a rejected request uses up nothing: ${what}`, async t => {
    const site = await startSite(t)
    const app = await createApp(site)
    const sam = await site.client('sam')
    const told = listen(site)
    const resource = `${site.url}/api`
    const code = await authorize(sam, app, { resource })
    const redeemed = await rightAgain(site, app, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: app.redirectUri,
    })
    t.is(redeemed.refused.json.error, error)
    t.is(redeemed.again.status, 200, 'the code')
    const { refresh_token } = redeemed.again.json
    const tokens = await site.knex('connect_oauth_tokens').count({ count: '*' }).first()
    for (let time = 0; time < 7; time++) {
      const { refused } = await rightAgain(site, app, { grant_type: 'refresh_token', refresh_token, ...form(site) })
      t.is(refused.json.error, error)
    }
    t.deepEqual(await site.knex('connect_oauth_tokens').count({ count: '*' }).first(), tokens, 'and leaves no tokens')
    // However late: it was never used.
    await age(site, 60_000)
    const refreshed = await rightAgain(site, app, { grant_type: 'refresh_token', refresh_token })
    t.is(refreshed.again.status, 200, 'the refresh token')
    await age(site, 60_000)
    t.is((await refresh(site, app, refresh_token)).json.error, 'invalid_grant', 'by which it is spent')
    t.deepEqual(told, ['disconnected reuse', `reused ${app.id}`])
  })
}

test('right and wrong uses at once: a rejected use takes back only itself', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const sam = await site.client('sam')
  for (let trial = 0; trial < 5; trial++) {
    const { refresh_token } = await connectApp(site, sam, app)
    let turn = 0
    const answers = await together(site.server, 4, () =>
      refresh(site, app, refresh_token, turn++ % 2 ? { resource: 'https://elsewhere.example' } : {}),
    )
    t.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 400, 400])
    const row = await site.knex('connect_oauth_tokens').where({ kind: 'refresh' }).whereNotNull('consumed').first()
    t.is(Number(row?.uses), 2)
    await age(site, 60_000)
    t.is((await refresh(site, app, refresh_token)).json.error, 'invalid_grant', 'it was used')
  }
})

test('a code used rightly and wrongly at once gives one set of tokens at most', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const sam = await site.client('sam')
  for (let trial = 0; trial < 5; trial++) {
    const code = await authorize(sam, app)
    let turn = 0
    const answers = await together(site.server, 4, () =>
      tokenRequest(site, app, {
        grant_type: 'authorization_code',
        code,
        redirect_uri: app.redirectUri,
        ...(turn++ % 2 && { resource: 'https://elsewhere.example' }),
      }),
    )
    t.true(answers.filter(({ status }) => status === 200).length <= 1)
  }
})

test('a client that refreshes in a loop keeps a limited number of tokens; reusing one of them ends the grant', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const told = listen(site)
  const { refresh_token } = await connectApp(site, await site.client('sam'), app)
  const rows = (kind: string) => site.knex('connect_oauth_tokens').where({ kind })
  const now = Date.now()
  for (const kind of ['refresh', 'access'] as const) {
    const real = await rows(kind).first()
    const older = Array.from({ length: MAX_KEPT[kind] + 1 }, (_, i) => ({
      ...real,
      hash: tokenHash(`${kind} ${i}`),
      expires: Number(real.expires) - 1 - i,
      consumed: kind === 'refresh' ? now - 60_000 : null,
      uses: 1,
    }))
    await site.knex.batchInsert('connect_oauth_tokens', older, 60)
  }
  const { status, json } = await refresh(site, app, refresh_token)
  t.is(status, 200)
  for (const kind of ['refresh', 'access'] as const) t.is((await rows(kind)).length, MAX_KEPT[kind])
  t.is((await refresh(site, app, `refresh ${MAX_KEPT.refresh - 2}`)).json.error, 'invalid_grant', 'deleted')
  t.is(await statusOf(site, `access ${MAX_KEPT.access - 2}`), 401)
  t.is(await statusOf(site, json.access_token), 200)
  t.deepEqual(told, [])
  t.is((await refresh(site, app, `refresh ${MAX_KEPT.refresh - 3}`)).json.error, 'invalid_grant', 'kept')
  t.deepEqual(told, ['disconnected reuse', `reused ${app.id}`])
  t.is(await statusOf(site, json.access_token), 401)
})

test('without a grace period, a refresh token works once', async t => {
  const site = await startSite(t)
  const { refresh_token } = await connectApp(site, await site.client('sam'), await createApp(site))
  const uses = createTokenUses(createDatabase(site.knex, 'connect_'), 0)
  const hash = tokenHash(refresh_token)
  t.true(await uses.consume('refresh', hash))
  t.false(await uses.consume('refresh', hash))
  t.false(uses.isReplay('refresh', { consumed: 1000, uses: 1 }, 1000))
  t.true(uses.isReplay('refresh', { consumed: 1000, uses: 1 }, 1001))
  t.true(uses.isReplay('refresh', { consumed: 1000, uses: 0 }, 1001), 'used by a process of version 0.3')
})
