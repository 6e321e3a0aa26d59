import test from 'ava'
import { createLoginTime } from '../../../src/oauth/consent/login-time.ts'
import { readPrompt, withoutLogin } from '../../../src/oauth/consent/prompt.ts'
import { checkedUsers } from '../../../src/users/checked-users.ts'
import type { Users } from '../../../src/users/user.ts'
import { type Client, formFields } from '../../support/client.ts'
import { authorizeUrl, connectApp, createApp, openConsent, redeem, refresh } from '../../support/oauth.ts'
import { PASSWORD, startSite, type TestSite } from '../../support/site.ts'

const claimsOf = (idToken = '') => JSON.parse(Buffer.from(idToken.split('.')[1] ?? '', 'base64url').toString())

/** All logins so far were that long ago. */
const logInsWere = ({ knex }: TestSite, seconds: number) =>
  knex('connect_sessions').update({ logged_in: Date.now() - seconds * 1000 })

/** Logs in where the browser was sent, and goes where that leads. */
async function logInAt(user: Client, location: string | null) {
  const form = formFields((await user.get(location ?? '')).text, 'name="log"')
  const { headers } = await user.send('POST', '/wp-login.php', { form: { ...form, log: 'sam', pwd: PASSWORD } })
  return user.get(headers.get('location') ?? '')
}

/** The application's answer after Authorize on this page. */
async function approve(user: Client, path: string, text: string) {
  const { approve: _, ...fields } = formFields(text, 'name="_wpnonce"')
  const answered = await user.send('POST', path, { form: { ...fields, approve: 'y' } })
  return (await user.get(answered.headers.get('location') ?? '')).headers.get('location') ?? ''
}

for (const query of [{ prompt: 'login' }, { prompt: 'login consent' }, { scope: 'openid', max_age: '0' }]) {
  test(`a logged-in user must log in again: ${JSON.stringify(query)}`, async t => {
    const site = await startSite(t)
    const user = await site.logIn('sam')
    const app = await createApp(site)
    await logInsWere(site, 1)
    const { headers } = await user.get(authorizeUrl(app, query))
    const location = headers.get('location') ?? ''
    t.regex(location, /^\/wp-login\.php\?redirect_to=.*%2Foauth2%2Fconsent%2F/)
    const consent = new URL(new URL(location, site.url).searchParams.get('redirect_to') ?? '').pathname
    // Who goes on without it comes to the same page again.
    t.is((await user.get(consent)).headers.get('location'), location)
    t.deepEqual(await site.knex('connect_oauth_grants'), [])
    const page = await logInAt(user, location)
    t.is(page.status, 200)
    t.regex(await approve(user, consent, page.text), /\?code=/)
  })

  test(`a user who is not logged in logs in once: ${JSON.stringify(query)}`, async t => {
    const site = await startSite(t)
    const user = await site.client()
    const app = await createApp(site)
    const { headers } = await user.get(authorizeUrl(app, query))
    const asked = await logInAt(user, headers.get('location'))
    t.is(asked.status, 303)
    const path = asked.headers.get('location') ?? ''
    t.regex(path, /^\/oauth2\/consent\//)
    t.is((await user.get(path)).status, 200)
  })
}

test('a form shown before the login became too old is invalid, and the user must log in', async t => {
  const site = await startSite(t)
  const user = await site.logIn('sam')
  const app = await createApp(site)
  const { path, page } = await openConsent(user, authorizeUrl(app, { scope: 'openid', max_age: '600' }))
  t.is(page.status, 200)
  await logInsWere(site, 3600)
  const { approve: _, ...fields } = formFields(page.text, 'name="_wpnonce"')
  const answered = await user.send('POST', path, { form: { ...fields, approve: 'y' } })
  t.regex(answered.headers.get('location') ?? '', /^\/wp-login\.php\?/)
  t.deepEqual(await site.knex('connect_oauth_grants'), [])
})

test('max_age: a newer login is accepted, an older or unknown one is not', async t => {
  const site = await startSite(t)
  const user = await site.logIn('sam')
  const app = await createApp(site)
  const leads = async (query: Record<string, string>) => {
    const { headers } = await user.get(authorizeUrl(app, { scope: 'openid', ...query }))
    return /^\/wp-login/.test(headers.get('location') ?? '') ? 'logs in' : 'asks'
  }
  await logInsWere(site, 300)
  t.deepEqual([await leads({ max_age: '3600' }), await leads({ max_age: '299' })], ['asks', 'logs in'])
  t.is(await leads({ scope: 'posts', max_age: '299' }), 'asks', 'without openid it has no meaning')
  // A session of before it was kept.
  await site.knex('connect_sessions').update({ logged_in: null })
  t.deepEqual([await leads({}), await leads({ max_age: '86400' })], ['asks', 'logs in'])
})

test('the ID token contains the login time, also after a refresh', async t => {
  const site = await startSite(t)
  const user = await site.logIn('sam')
  const app = await createApp(site)
  const loggedIn = Date.now() - 90_500
  await site.knex('connect_sessions').update({ logged_in: loggedIn })
  const tokens = await connectApp(site, user, app, { scope: 'openid', max_age: '3600' })
  t.is(claimsOf(tokens.id_token).auth_time, Math.floor(loggedIn / 1000))
  const again = await refresh(site, app, tokens.refresh_token)
  t.is(claimsOf(again.json.id_token).auth_time, Math.floor(loggedIn / 1000))
  await site.knex('connect_sessions').update({ logged_in: null })
  const unknown = await connectApp(site, user, app, { scope: 'openid' })
  t.false('auth_time' in claimsOf(unknown.id_token))
})

test('the metadata list auth_time only if the site tells it, and no session features', async t => {
  const site = await startSite(t)
  const { json } = await (await site.client()).get('/.well-known/openid-configuration')
  t.true(json.claims_supported.includes('auth_time'))
  t.false(json.claims_supported.includes('sid'))
  t.deepEqual(json.prompt_values_supported, ['none', 'login', 'consent', 'select_account'])
})

test('a code that waits for a slow phone is valid for five minutes', async t => {
  const site = await startSite(t)
  const user = await site.logIn('sam')
  const app = await createApp(site)
  const { path, page } = await openConsent(user, authorizeUrl(app))
  const code = new URL(await approve(user, path, page.text)).searchParams.get('code') ?? ''
  const { expires } = await site.knex('connect_oauth_tokens').where({ kind: 'code' }).first()
  const left = Number(expires) - Date.now() / 1000
  t.true(left > 200 && left <= 301, String(left))
  t.is((await redeem(site, app, code)).status, 200)
})

const PROMPTS: [query: string, left: string, loginAfter: number | null][] = [
  ['prompt=none', 'prompt=none', null],
  ['prompt=none+login', 'prompt=none+consent', 1_000_000],
  ['prompt=none+garbage', 'prompt=none+consent', null],
  ['prompt=login', '', 1_000_000],
  ['prompt=Login', '', null],
  ['prompt=consent+select_account+create', '', null],
  ['max_age=0', '', 1_000_000],
  ['max_age=000', '', 1_000_000],
  ['max_age=100', '', 900_000],
  ['max_age=9999999999', '', 1_000_000 - 9_999_999_999_000],
  ['max_age=100&prompt=login', '', 1_000_000],
]

for (const [query, left, loginAfter] of PROMPTS) {
  test(`parsed: ${query}`, t => {
    const pairs = new URLSearchParams(query)
    t.like(readPrompt(pairs, 1_000_000, true), { problem: null, loginAfter })
    t.is(pairs.toString(), left)
  })
}

test('the login page’s return URL loses only the parameters that demand a login', t => {
  for (const query of ['a=%20b&prompt=consent', 'state=x+y%2B', '', 'max_age=60']) t.is(withoutLogin(query), query)
  t.is(withoutLogin('state=x+y%2B&prompt=login'), 'state=x+y%2B')
  t.is(withoutLogin('prompt=consent+login&max_age=0&scope=openid'), 'prompt=consent&scope=openid')
})

test('a login time in whole seconds is rounded up; an invalid one is reported by name', async t => {
  const at = (authenticatedAt: Users['authenticatedAt']) =>
    createLoginTime(checkedUsers({ authenticatedAt } as Users)).isAfter({} as never, 5_200)
  t.true(await at(() => new Date(5_201)))
  t.false(await at(() => new Date(5_200)))
  t.true(await at(async () => new Date(5_000)))
  t.false(await at(() => new Date(4_000)))
  t.false(await at(() => null))
  for (const wrong of [new Date(Number.NaN), 5_300, '2026-01-01'])
    await t.throwsAsync(
      at(() => wrong as Date),
      { instanceOf: TypeError, message: /users\.authenticatedAt\(\)/ },
    )
})
