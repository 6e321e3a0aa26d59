import { createRequire } from 'node:module'
import test from 'ava'
import { CALLBACK, createApp } from '../support/oauth.ts'
import { startSite, type TestSite } from '../support/site.ts'
import { agree, refuse, seenBy } from './agree.ts'

interface Profile {
  provider: string
  id: number
  displayName: string
  _json: { email: string; avatar_URL: string }
}

/** What is used of it: it comes without types. */
interface Strategy {
  name: string
  authenticate(request: object): void
}

type Verify = (
  token: string,
  refreshToken: undefined,
  profile: Profile,
  done: (error: null, user: Profile) => void,
) => void

const { Strategy } = createRequire(import.meta.url)('passport-wordpress') as {
  Strategy: new (options: object, verify: Verify) => Strategy
}

interface Outcome {
  how: 'redirect' | 'success' | 'fail' | 'error'
  what: unknown
}

/** Hands the strategy a request, as Passport does: one copy for each, with functions that say how it ended. */
function authenticate(strategy: Strategy, request: object): Promise<Outcome> {
  return new Promise(resolve => {
    const end = (how: Outcome['how']) => (what: unknown) => resolve({ how, what })
    const actions = { redirect: end('redirect'), success: end('success'), fail: end('fail'), error: end('error') }
    Object.assign(Object.create(strategy) as Strategy, actions).authenticate(request)
  })
}

/** As its README says, with three addresses more. It sends neither PKCE nor scope, so its client is a legacy one. */
async function createStrategy(site: TestSite) {
  const { id, secret } = await createApp(site, { legacy: true })
  const options = {
    clientID: id,
    clientSecret: secret,
    callbackURL: CALLBACK,
    authorizationURL: `${site.url}/oauth2/authorize`,
    tokenURL: `${site.url}/oauth2/token`,
    profileUrl: `${site.url}/rest/v1/me`,
  }
  const given = { token: '' }
  const strategy = new Strategy(options, (token, _refreshToken, profile, done) => {
    given.token = token
    done(null, profile)
  })
  return { strategy, given }
}

test('passport-wordpress: a user logs in, and the application gets their identity', async t => {
  const site = await startSite(t)
  const { strategy, given } = await createStrategy(site)
  const sent = await authenticate(strategy, {})
  t.is(sent.how, 'redirect')
  const back = await agree(await site.client('ed'), String(sent.what))
  const { how, what } = await authenticate(strategy, { query: Object.fromEntries(back.searchParams) })
  t.is(how, 'success')
  const user = what as Profile
  t.like(user, { provider: 'Wordpress', id: 2, displayName: 'ed' })
  t.is(user._json.email, 'ed@example.com')
  t.is(await seenBy(site, given.token), 'ed')
})

test('passport-wordpress: it is told that the user did not agree', async t => {
  const site = await startSite(t)
  const { strategy } = await createStrategy(site)
  const sent = await authenticate(strategy, {})
  const back = await refuse(await site.client('ed'), String(sent.what))
  const { how, what } = await authenticate(strategy, { query: Object.fromEntries(back.searchParams) })
  t.is(how, 'fail')
  t.regex((what as { message: string }).message, /did not agree/)
})

test('passport-wordpress: reusing a code is an error that says so', async t => {
  const site = await startSite(t)
  const { strategy } = await createStrategy(site)
  const sent = await authenticate(strategy, {})
  const query = Object.fromEntries((await agree(await site.client('ed'), String(sent.what))).searchParams)
  await authenticate(strategy, { query })
  const { how, what } = await authenticate(strategy, { query })
  t.is(how, 'error')
  t.is((what as { code: string }).code, 'invalid_grant')
})
