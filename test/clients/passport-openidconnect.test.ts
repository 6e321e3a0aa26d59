import { createRequire } from 'node:module'
import test from 'ava'
import { CALLBACK, createApp } from '../support/oauth.ts'
import { startSite } from '../support/site.ts'
import { agree } from './agree.ts'

/** What is used of it: it comes without types. */
interface Profile {
  id: string
  displayName?: string
  emails?: { value: string }[]
}
type Verify = (issuer: string, profile: Profile, done: (error: null, user: Profile) => void) => void
const Strategy = createRequire(import.meta.url)('passport-openidconnect') as new (
  options: object,
  verify: Verify,
) => { authenticate(request: object, options: object): void }

test('passport-openidconnect: a user logs in, and the application gets their name and email address', async t => {
  const site = await startSite(t)
  const { id, secret } = await createApp(site)
  const options = {
    issuer: site.url,
    authorizationURL: `${site.url}/oauth2/authorize`,
    tokenURL: `${site.url}/oauth2/token`,
    userInfoURL: `${site.url}/oauth2/userinfo`,
    clientID: id,
    clientSecret: secret,
    callbackURL: CALLBACK,
    scope: ['profile', 'email'],
    // By its default it asks userinfo only where nobody looks at the ID token.
    skipUserProfile: true,
  }
  const strategy = new Strategy(options, (_issuer, profile, done) => done(null, profile))
  const session = {}
  const authenticate = (query: object) =>
    new Promise<{ how: string; what: unknown }>(resolve => {
      const end = (how: string) => (what: unknown) => resolve({ how, what })
      const actions = { redirect: end('redirect'), success: end('success'), fail: end('fail'), error: end('error') }
      Object.assign(Object.create(strategy) as typeof strategy, actions).authenticate({ query, session }, {})
    })
  const sent = await authenticate({})
  t.is(sent.how, 'redirect')
  const back = await agree(await site.client('ed'), String(sent.what))
  const { how, what } = await authenticate(Object.fromEntries(back.searchParams))
  t.is(how, 'success', String(what))
  t.like(what, { id: '2', displayName: 'ed', emails: [{ value: 'ed@example.com' }] })
})
