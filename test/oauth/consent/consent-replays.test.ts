import test from 'ava'
import { type Answer, type Client, formFields } from '../../support/client.ts'
import { checkPage, codeOf } from '../../support/hostile.ts'
import { type App, authorizeUrl, createApp, openConsent, redeem } from '../../support/oauth.ts'
import { startSite, type TestSite } from '../../support/site.ts'

const LIST = '/rest/v1.1/me/connected-applications'

/** A user before the consent page, and what they can do there. */
async function consent(user: Client, app: App) {
  const { path, page } = await openConsent(user, authorizeUrl(app))
  const fields = formFields(page.text, 'name="_wpnonce"')
  const answer = (button: string) => user.send('POST', path, { form: { ...fields, [button]: button } })
  return {
    path,
    approve: () => answer('approve'),
    deny: () => answer('reject'),
    comeBack: (answered: Answer) => user.get(answered.headers.get('location') ?? '/none'),
  }
}

/** What the application is told. */
const told = ({ headers }: Answer) => new URL(headers.get('location') ?? 'none:').searchParams
const connections = async (user: Client) => (await user.rest('GET', LIST)).json.connected_applications.length
const clientsOf = ({ connect }: TestSite) => connect.oauth?.clients as NonNullable<typeof connect.oauth>['clients']

test('pressing Authorize twice gives one response and one connection', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site)
  const { approve, comeBack } = await consent(user, app)
  const [first, second] = [await approve(), await approve()]
  t.deepEqual([first.status, second.status], [303, 303])
  const { status } = await redeem(site, app, told(await comeBack(first)).get('code') ?? '')
  t.is(status, 200)
  for (const again of [await comeBack(second), await comeBack(first)]) t.is(again.status, 400)
  t.is(await connections(user), 1)
})

test('approved many times at once and resumed many times at once: one code', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site)
  for (let trial = 0; trial < 10; trial++) {
    const { approve, comeBack } = await consent(user, app)
    const [answered] = await Promise.all([approve(), approve(), approve()])
    const answers = await Promise.all([1, 2, 3, 4].map(() => comeBack(answered as Answer)))
    const codes = answers.filter(({ status }) => status === 303).map(answer => told(answer).get('code'))
    t.is(codes.length, 1, `trial ${trial}`)
    for (const code of codes) t.is((await redeem(site, app, code ?? '')).status, 200)
  }
  t.is(await connections(user), 1)
})

test('the page and the form of an answered request say that it is over', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site)
  for (const button of ['approve', 'deny'] as const) {
    const request = await consent(user, app)
    const answered = await request[button]()
    const grants = await site.knex('connect_oauth_grants')
    t.is((await request.comeBack(answered)).status, 303)
    for (const late of [await request.approve(), await request.deny(), await user.get(request.path)]) {
      t.deepEqual([late.status, codeOf(late)], [400, 'authorization_expired'])
      checkPage(t, late, button)
    }
    t.is((await request.comeBack(answered)).status, 400)
    t.deepEqual(await site.knex('connect_oauth_grants'), grants, 'and nothing was granted by it')
  }
})

test('if both buttons are pressed, the last one counts, and Deny leaves no connection', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site)
  const first = await consent(user, app)
  await first.approve()
  t.is(told(await first.comeBack(await first.deny())).get('error'), 'access_denied')
  t.is(await connections(user), 0)
  t.deepEqual(await site.knex('connect_oauth_tokens'), [])
  const second = await consent(user, app)
  await second.deny()
  t.truthy(told(await second.comeBack(await second.approve())).get('code'))
})

test('an expired request: its page, its form and its resumption say so', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site)
  const asked = await consent(user, app)
  const answered = await asked.approve()
  for (const row of await site.knex('connect_oauth_interactions')) {
    const payload = JSON.stringify({ ...JSON.parse(row.payload), exp: 1 })
    await site.knex('connect_oauth_interactions').where({ hash: row.hash }).update({ payload, expires: 1 })
  }
  for (const late of [await user.get(asked.path), await asked.approve(), await asked.deny()])
    t.deepEqual([late.status, codeOf(late)], [400, 'authorization_expired'])
  const back = await asked.comeBack(answered)
  t.deepEqual([back.status, back.headers.get('location')], [400, null])
  checkPage(t, back, 'the way back')
  t.deepEqual(await site.knex('connect_oauth_tokens'), [])
})

test('an application deleted during the request gets nothing', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const [app, late] = [await createApp(site), await createApp(site)]
  const asked = await consent(user, app)
  await clientsOf(site).delete(app.id)
  for (const answer of [await user.get(asked.path), await asked.approve()])
    t.deepEqual([answer.status, codeOf(answer)], [400, 'authorization_expired'])
  const agreed = await consent(user, late)
  const answered = await agreed.approve()
  await clientsOf(site).delete(late.id)
  const back = await agreed.comeBack(answered)
  t.deepEqual([back.status, back.headers.get('location')], [400, null])
  t.deepEqual(await site.knex('connect_oauth_grants'), [])
})

test('a redirect URI removed during the request gets no code', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const stays = 'https://app.example/stays'
  const app = await createApp(site, { redirectUris: ['https://app.example/lost', stays] })
  const asked = await consent(user, app)
  await clientsOf(site).update(app.id, { redirectUris: [stays] })
  const answered = await asked.approve()
  const back = answered.status === 303 ? await asked.comeBack(answered) : answered
  t.is(back.headers.get('location'), null)
  t.is(back.status, 400)
})

test('a user who is deleted or disconnected between Authorize and the redirect: rejected without a server error', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const ed = await consent(await site.client('ed'), app)
  const answered = await ed.approve()
  await site.connect.oauth?.connectedApps.disconnectAll({ id: 2 })
  const ended = await ed.comeBack(answered)
  t.deepEqual([ended.status, told(ended).get('code')], [303, null])

  const sam = await consent(await site.client('sam'), app)
  const agreed = await sam.approve()
  await site.accounts.delete('3')
  const gone = await sam.comeBack(agreed)
  t.true(gone.status < 500, `${gone.status}`)
  t.false((gone.headers.get('location') ?? '').includes('code='))
})
