import test from 'ava'
import { basic, type Client, formFields, type Request } from '../../support/client.ts'
import { checkPage, codeOf } from '../../support/hostile.ts'
import { authorizeUrl, bearer, connectApp, createApp, openConsent } from '../../support/oauth.ts'
import { PASSWORD, startSite, type TestSite } from '../../support/site.ts'

const PAGES = '/me/security/connected-apps'
const LIST = '/rest/v1.1/me/connected-applications'
const addressOf = (id: number) => `${PAGES}/${id}/disconnect`
const fieldsOf = async (user: Client, id: number) => formFields((await user.get(addressOf(id))).text, 'name="_wpnonce"')

/** A user with two connected apps. */
async function twoApps(site: TestSite, login: string) {
  const user = await site.client(login)
  const tokens: string[] = []
  for (const name of ['A', 'B'])
    tokens.push((await connectApp(site, user, await createApp(site, { name: `${name} of ${login}` }))).access_token)
  const apps: { ID: number }[] = (await user.rest('GET', LIST)).json.connected_applications
  const [first = 0, second = 0] = apps.map(({ ID }) => ID)
  const alive = async () => {
    const script = await site.client()
    const answers = await Promise.all(tokens.map(token => script.get('/rest/v1/me', { headers: bearer(token) })))
    return answers.map(({ status }) => status)
  }
  return { user, first, second, alive }
}

test('only the confirmation that was shown to this user at this browser for this app disconnects it', async t => {
  const site = await startSite(t)
  const { user, first, second, alive } = await twoApps(site, 'sam')
  const ed = await twoApps(site, 'ed')
  const fields = await fieldsOf(user, first)
  const elsewhere = await site.client('sam')
  const text = new URLSearchParams(fields).toString()
  const forged: [what: string, by: Client, request: Request, code: string][] = [
    ['no token', user, { form: {} }, 'invalid_form_token'],
    ['a guess', user, { form: { _wpnonce: 'x'.repeat(22) } }, 'invalid_form_token'],
    ['a REST nonce', user, { form: { _wpnonce: await user.nonce() } }, 'invalid_form_token'],
    ['of another app', user, { form: await fieldsOf(user, second) }, 'invalid_form_token'],
    ['of another user', user, { form: await fieldsOf(ed.user, ed.first) }, 'invalid_form_token'],
    ['of another browser', elsewhere, { form: fields }, 'invalid_form_token'],
    ['JSON', user, { json: fields }, 'invalid_form_token'],
    ['text', user, { body: text, headers: { 'content-type': 'text/plain' } }, 'invalid_form_token'],
    ['of another site', user, { form: fields, headers: { 'sec-fetch-site': 'cross-site' } }, 'cross_site_request'],
    ['of a subdomain', user, { form: fields, headers: { 'sec-fetch-site': 'same-site' } }, 'cross_site_request'],
    ['of another origin', user, { form: fields, headers: { origin: 'https://evil.example' } }, 'cross_site_request'],
  ]
  for (const [what, by, request, code] of forged) {
    const answer = await by.send('POST', addressOf(first), request)
    t.deepEqual([answer.status, codeOf(answer)], [403, code], what)
    checkPage(t, answer, what)
  }
  t.is((await user.get(`${addressOf(first)}?${text}&disconnect=1`)).status, 200, 'a link asks, and ends nothing')
  t.is((await user.send('DELETE', `${PAGES}/${first}`)).status, 405)
  t.deepEqual(await alive(), [200, 200])
  t.is((await user.send('POST', addressOf(first), { form: fields })).status, 303)
  t.deepEqual((await alive()).sort(), [200, 401])
  t.deepEqual(await ed.alive(), [200, 200])
})

test('the app of another user gets a 404', async t => {
  const site = await startSite(t)
  const sam = await twoApps(site, 'sam')
  const admin = await twoApps(site, 'admin')
  const { password } = await admin.user.createPassword()
  const own = await fieldsOf(admin.user, admin.first)
  for (const path of [`${PAGES}/${sam.first}`, addressOf(sam.first)]) {
    const answer = await admin.user.get(path)
    t.deepEqual([answer.status, codeOf(answer)], [404, 'connected_app_not_found'], path)
    t.notRegex(answer.text, /of sam/)
  }
  t.is((await admin.user.send('POST', addressOf(sam.first), { form: own })).status, 403)
  t.is((await admin.user.rest('GET', `${LIST}/${sam.first}`)).json.error, 'connected_app_not_found')
  t.is((await admin.user.rest('POST', `${LIST}/${sam.first}/delete`)).json.error, 'connected_app_not_found')
  const script = await site.client()
  const headers = basic('admin', password)
  t.is((await script.send('POST', `${LIST}/${sam.first}/delete`, { headers })).json.error, 'not_allowed')
  t.deepEqual(await sam.alive(), [200, 200])
})

test('after another user logs in at the same browser, the confirmation is invalid', async t => {
  const site = await startSite(t)
  const { user, first, alive } = await twoApps(site, 'sam')
  const fields = await fieldsOf(user, first)
  await user.login('admin', PASSWORD)
  t.is((await user.send('POST', addressOf(first), { form: fields })).status, 403)
  user.cookies.delete('koa_wp_connect_session')
  t.is((await user.send('POST', addressOf(first), { form: fields })).status, 302)
  t.deepEqual(await alive(), [200, 200])
})

test('disconnecting twice, or many times at once: one succeeds, the others get a 404', async t => {
  const site = await startSite(t)
  const { user, first, second, alive } = await twoApps(site, 'sam')
  const fields = await fieldsOf(user, first)
  const answers = await Promise.all([1, 2, 3, 4].map(() => user.send('POST', addressOf(first), { form: fields })))
  for (const { status } of answers) t.true(status === 303 || status === 404, String(status))
  t.is(answers.filter(({ status }) => status === 303).length, 1)
  t.is((await user.send('POST', addressOf(first), { form: fields })).status, 404)
  t.deepEqual((await alive()).sort(), [200, 401])
  const nonce = await user.nonce()
  const ends = await Promise.all(
    [1, 2, 3, 4].map(() => user.send('POST', `${LIST}/${second}/delete`, { headers: { 'x-wp-nonce': nonce } })),
  )
  t.deepEqual(ends.map(({ status }) => status).sort(), [200, 404, 404, 404])
  t.deepEqual(await alive(), [401, 401])
})

test('a code that was not redeemed yet ends with the rest', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site)
  await connectApp(site, user, app)
  const { path, page } = await openConsent(user, authorizeUrl(app))
  const fields = formFields(page.text, 'name="_wpnonce"')
  const answered = await user.send('POST', path, { form: { ...fields, approve: 'approve' } })
  t.is(answered.status, 303)
  const [{ ID }] = (await user.rest('GET', LIST)).json.connected_applications
  t.is((await user.rest('POST', `${LIST}/${ID}/delete`)).status, 200)
  const back = await user.get(answered.headers.get('location') ?? '')
  t.notRegex(back.headers.get('location') ?? '', /code=/)
  t.deepEqual((await user.rest('GET', LIST)).json.connected_applications, [])
})
