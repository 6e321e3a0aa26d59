import { setImmediate as turn } from 'node:timers/promises'
import test from 'ava'
import { ME } from '../support/client.ts'
import { authorize, bearer, connectApp, createApp, redeem, refresh, type Tokens } from '../support/oauth.ts'
import { PASSWORD, startSite, type TestSite } from '../support/site.ts'
import { together } from '../support/together.ts'

const TRIALS = 25

async function statusesOf(site: TestSite, tokens: Iterable<string>): Promise<Set<number>> {
  const script = await site.client()
  const answers = [...tokens].map(token => script.get(ME, { headers: bearer(token) }))
  return new Set((await Promise.all(answers)).map(({ status }) => status))
}

test('one code redeemed four times at once gives tokens once', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const app = await createApp(site)
  for (let trial = 0; trial < 10; trial++) {
    const code = await authorize(sam, app)
    const answers = await together(site.server, 4, () => redeem(site, app, code))
    t.deepEqual(answers.map(({ status }) => status).sort(), [200, 400, 400, 400])
    const won = answers.filter(({ status }) => status === 200).map(({ json }) => json.access_token)
    t.deepEqual(await statusesOf(site, won), new Set([200]), 'and what it won works')
    for (const { status, json } of answers) if (status === 400) t.is(json.error, 'invalid_grant')
  }
})

test('one refresh token used four times at once, as by impatient clients: each use gets tokens of the same grant', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const app = await createApp(site)
  for (let trial = 0; trial < 10; trial++) {
    const { refresh_token } = await connectApp(site, sam, app)
    const answers = await together(site.server, 4, () => refresh(site, app, refresh_token))
    t.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200, 200],
    )
    t.is(new Set(answers.map(({ json }) => json.refresh_token)).size, 4)
    for (const { json } of answers) t.is((await refresh(site, app, json.refresh_token)).status, 200, 'and goes on')
    const ids = (await sam.rest('GET', '/rest/v1.1/me/connected-applications')).json.connected_applications
    t.is(ids.length, 1)
  }
})

test('redeeming a code again ends the tokens that it gave', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const code = await authorize(await site.client('sam'), app)
  const { json } = await redeem(site, app, code)
  t.deepEqual(await statusesOf(site, [json.access_token]), new Set([200]))
  t.is((await redeem(site, app, code)).json.error, 'invalid_grant')
  t.deepEqual(await statusesOf(site, [json.access_token]), new Set([401]))
  t.is((await refresh(site, app, json.refresh_token)).json.error, 'invalid_grant')
})

test('all of a user’s apps disconnected twice at once: both calls return, and each app is reported once', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const user = await site.accounts.findByLogin('sam')
  if (!user) throw new Error('no user')
  const ended: string[] = []
  site.connect.on('oauth-disconnected', ({ grantId }) => void ended.push(grantId))
  for (let trial = 0; trial < 5; trial++) {
    const tokens = [
      await connectApp(site, sam, await createApp(site)),
      await connectApp(site, sam, await createApp(site)),
    ]
    const before = ended.length
    const ends = await Promise.allSettled([1, 2, 3].map(() => site.connect.userDeleted(user.id)))
    t.true(ends.some(({ status }) => status === 'fulfilled'))
    t.is(new Set(ended.slice(before)).size, 2)
    t.is(ended.length - before, 2)
    t.deepEqual(
      await statusesOf(
        site,
        tokens.map(({ access_token }) => access_token),
      ),
      new Set([401]),
    )
    await sam.login('sam', PASSWORD)
  }
})

test(`disconnecting during a refresh storm: no token works afterwards, ${TRIALS} trials`, async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const app = await createApp(site)
  const user = await site.accounts.findByLogin('sam')
  const { oauth } = site.connect
  if (!user || !oauth) throw new Error('no user, or no OAuth')
  let refreshes = 0
  let works = 0
  for (let trial = 0; trial < TRIALS; trial++) {
    const seen: Tokens[] = []
    let isOver = false
    // In the midst of it: after a few refreshes, while the next are under way.
    const midst = 3 + (trial % 5)
    const { promise: isMidst, resolve } = Promise.withResolvers<void>()
    async function refreshOnAndOn(tokens: Tokens): Promise<void> {
      let current = tokens
      while (!isOver) {
        seen.push(current)
        if (seen.length === midst) resolve()
        const { status, json } = await refresh(site, app, current.refresh_token)
        if (status !== 200) return
        refreshes++
        current = json
      }
    }
    const devices = [await connectApp(site, sam, app), await connectApp(site, sam, app)]
    const storm = Promise.all(devices.map(refreshOnAndOn))
    await Promise.race([isMidst, storm])
    for (let turns = 0; turns < trial; turns++) await turn()
    const [connected] = await oauth.connectedApps.list(user)
    await oauth.connectedApps.disconnect(user, connected?.id ?? 0)
    isOver = true
    await storm
    const statuses = await statusesOf(
      site,
      seen.map(({ access_token }) => access_token),
    )
    const refreshed = await Promise.all(seen.map(({ refresh_token }) => refresh(site, app, refresh_token)))
    if (statuses.has(200) || refreshed.some(({ status }) => status === 200)) works++
    if ((await oauth.connectedApps.list(user)).length > 0) works++
  }
  t.log(`${refreshes} refreshes in ${TRIALS} trials`)
  t.true(refreshes >= TRIALS)
  t.is(works, 0)
})

test('a client’s secret is rotated while it is renamed: both changes are kept', async t => {
  const site = await startSite(t)
  const { clients } = site.connect.oauth ?? {}
  if (!clients) throw new Error('no OAuth')
  const app = await createApp(site)
  for (let trial = 0; trial < 20; trial++) {
    const [rotated] = await Promise.all([
      clients.rotateSecret(app.id),
      clients.update(app.id, { name: `Name ${trial}` }),
    ])
    const wrongCode = await redeem(site, { ...app, secret: rotated.secret }, 'x')
    t.is(wrongCode.json.error, 'invalid_grant', 'the new secret is right')
    t.is((await clients.get(app.id)).name, `Name ${trial}`)
  }
  const [renewed] = await Promise.allSettled([clients.rotateSecret(app.id), clients.delete(app.id)])
  if (renewed?.status === 'rejected') t.is(renewed.reason.code, 'client_not_found')
  await t.throwsAsync(clients.update(app.id, { name: 'x' }), { code: 'client_not_found' })
})
