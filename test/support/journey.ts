import type { ExecutionContext } from 'ava'
import { type Answer, basic, Client, formFields } from './client.ts'
import { type App, authorizeUrl, bearer, CALLBACK, openConsent, pkce, press } from './oauth.ts'

interface Journey {
  /** Logged in, by the host's own way. */
  browser: Client
  /** Where the site's root is; '' unless it lies below a path. */
  root?: string
}

const HELLO = '/api/hello'

/** Logs in as anna by a page of the host's own, to which the profile leads, and comes back. */
export async function logInAsAnna(t: ExecutionContext, url: string, loginField: string): Promise<Client> {
  const browser = new Client(url)
  const sent = await browser.get('/wp-admin/profile.php')
  const page = await browser.get(sent.headers.get('location') ?? '')
  const [, action = ''] = /action="([^"]*)"/.exec(page.text) ?? []
  const form = { ...formFields(page.text, '_csrf'), [loginField]: 'anna', password: 'correct horse battery staple' }
  const back = await browser.send('POST', action, { form })
  t.is(back.headers.get('location'), `${url}/wp-admin/profile.php`, back.text)
  return browser
}

/** Fills in the form of the profile page, as a browser without script does. @returns the password */
export async function makePassword(
  t: ExecutionContext,
  { browser, root = '' }: Journey,
  name: string,
): Promise<string> {
  const profile = `${root}/wp-admin/profile.php`
  const page = await browser.get(profile)
  t.is(page.status, 200, page.text)
  const form = formFields(page.text, 'id="do_new_application_password"')
  const made = await browser.send('POST', profile, { form: { ...form, new_application_password_name: name } })
  t.is(made.status, 200, made.text)
  const [, password = ''] = /id="new-application-password-value"[^>]*value="([^"]*)"/s.exec(made.text) ?? []
  t.regex(password, /^\w{4}( \w{4}){5}$/)
  return password
}

/** What every host must give its users: a password made by form, which opens the host's own route until it is revoked by form. */
export async function passwordJourney(t: ExecutionContext, journey: Journey & { login: string }): Promise<void> {
  const { browser, login, root = '' } = journey
  const script = new Client(browser.url)
  t.is((await script.get(root + HELLO)).json.code, 'rest_not_logged_in')
  const password = await makePassword(t, journey, 'Zapier')
  const ask = () => script.get(root + HELLO, { headers: basic(login, password) })
  t.deepEqual((await ask()).json, { hello: login })
  t.is((await script.get(root + HELLO, { headers: basic(login, 'wrong') })).json.code, 'incorrect_password')

  const profile = `${root}/wp-admin/profile.php`
  const revoke = formFields((await browser.get(profile)).text, 'aria-label="Revoke &quot;Zapier&quot;"')
  const confirm = await browser.get(`${profile}?${new URLSearchParams(revoke)}`)
  const form = formFields(confirm.text, 'name="_wpnonce"')
  const revoked = await browser.send('POST', profile, { form })
  t.is(revoked.status, 303, revoked.text)
  const refused = await ask()
  t.deepEqual([refused.status, refused.json.code], [401, 'incorrect_password'])
  t.regex((await browser.get(revoked.headers.get('location') ?? '')).text, /Application password revoked\./)
}

/** Registers an application at /apps, as an administrator does. */
async function registerApp({ browser, root = '' }: Journey): Promise<App> {
  const page = await browser.get(`${root}/apps/new`)
  const { legacy: _legacy, ...fields } = formFields(page.text, 'name="_wpnonce"')
  const form = { ...fields, name: 'Shop', redirect_uris: CALLBACK, type: 'web' }
  const made = await browser.send('POST', `${root}/apps/new`, { form })
  const value = (id: string) => new RegExp(`id="${id}"[^>]*value="([^"]*)"`, 's').exec(made.text)?.[1] ?? ''
  return { id: value('new-client-id'), secret: value('new-client-secret'), redirectUri: CALLBACK }
}

/** Where the site has OAuth: a code flow with PKCE through the consent page, whose token opens the host's own route until the user disconnects. */
export async function oauthJourney(t: ExecutionContext, journey: Journey & { login: string }): Promise<void> {
  const { browser, login, root = '' } = journey
  const program = new Client(browser.url)
  const app = await registerApp(journey)
  const { json: metadata } = await program.get(`${root}/.well-known/oauth-authorization-server`)
  t.is(metadata.authorization_endpoint, `${browser.url}${root}/oauth2/authorize`)

  const { verifier, challenge } = pkce()
  const challenged = { code_challenge: challenge, code_challenge_method: 'S256' }
  const consent = await openConsent(browser, root + authorizeUrl(app, challenged))
  t.regex(consent.page.text, /Shop/)
  t.is(consent.page.status, 200)
  const back = await press(browser, consent, 'approve')
  t.is(back.origin + back.pathname, CALLBACK)
  const code = back.searchParams.get('code') ?? ''
  const tokens = await program.send('POST', metadata.token_endpoint, {
    form: {
      grant_type: 'authorization_code',
      client_id: app.id,
      client_secret: app.secret ?? '',
      redirect_uri: CALLBACK,
      code,
      code_verifier: verifier,
    },
  })
  t.is(tokens.status, 200, tokens.text)
  const ask = () => program.get(root + HELLO, { headers: bearer(tokens.json.access_token) })
  t.deepEqual((await ask()).json, { hello: login })

  const apps = await browser.get(`${root}/me/security/connected-apps`)
  const question = linkTo(apps, 'Disconnect &quot;Shop&quot;')
  const form = formFields((await browser.get(question)).text, 'name="_wpnonce"')
  t.is((await browser.send('POST', question, { form })).status, 303)
  t.is((await ask()).status, 401)
}

const linkTo = ({ text }: Answer, label: string): string =>
  new RegExp(`href="([^"]*)" aria-label="${label}"`).exec(text)?.[1] ?? '/no-link'
