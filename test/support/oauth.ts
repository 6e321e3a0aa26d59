import { createHash, randomBytes } from 'node:crypto'
import type { ClientDetails } from '../../src/index.ts'
import { type Answer, Client, formFields } from './client.ts'
import type { TestSite } from './site.ts'

/** An application, as the tests play one. */
export interface App {
  id: string
  secret: string | null
  redirectUri: string
}

/** What a token request was answered. */
export interface Tokens {
  access_token: string
  refresh_token: string
  scope: string
  blog_id: string
  id_token?: string
}

export const CALLBACK = 'https://app.example/callback'
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

/** Registers an application as the command line does. */
export async function createApp(site: TestSite, details: Partial<ClientDetails> = {}): Promise<App> {
  const redirectUris = details.redirectUris ?? [details.type === 'native' ? 'my.app:/callback' : CALLBACK]
  const { oauth } = site.connect
  if (!oauth) throw new Error('this site has no OAuth')
  const { client, secret } = await oauth.clients.create({ name: 'Shop', ...details, redirectUris })
  return { id: client.clientId, secret, redirectUri: redirectUris[0] ?? '' }
}

export function pkce() {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

/** The request that an application sends the user's browser with. */
export function authorizeUrl(app: App, more: Record<string, string> = {}): string {
  const query = { client_id: app.id, redirect_uri: app.redirectUri, response_type: 'code', state: 'xyz', ...more }
  return `/oauth2/authorize?${new URLSearchParams(query)}`
}

/** Goes as far as the consent page. */
export async function openConsent(user: Client, url: string): Promise<{ path: string; page: Answer }> {
  const started = await user.get(url)
  const path = started.headers.get('location') ?? ''
  return { path, page: await user.get(path) }
}

/** Presses a button on the consent page, and follows to where the application gets its answer. */
export async function press(
  user: Client,
  { path, page }: { path: string; page: Answer },
  button: 'approve' | 'reject',
  more: Record<string, string> = {},
): Promise<URL> {
  const { approve: _approve, ...fields } = formFields(page.text, 'name="_wpnonce"')
  const answered = await user.send('POST', path, { form: { ...fields, ...more, [button]: button } })
  const resumed = await user.get(answered.headers.get('location') ?? `/no-location-${answered.status}`)
  return new URL(resumed.headers.get('location') ?? `https://no-location.example/${resumed.status}`)
}

/** The user authorizes the application. @returns the code */
export async function authorize(
  user: Client,
  app: App,
  query: Record<string, string> = {},
  form: Record<string, string> = {},
): Promise<string> {
  const back = await press(user, await openConsent(user, authorizeUrl(app, query)), 'approve', form)
  return back.searchParams.get('code') ?? back.href
}

export function tokenRequest(site: { url: string }, app: App, form: Record<string, string>): Promise<Answer> {
  return new Client(site.url).send('POST', '/oauth2/token', {
    form: { client_id: app.id, ...(app.secret && { client_secret: app.secret }), ...form },
  })
}

export const redeem = (site: { url: string }, app: App, code: string, verifier?: string): Promise<Answer> =>
  tokenRequest(site, app, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: app.redirectUri,
    ...(verifier && { code_verifier: verifier }),
  })

export const refresh = (site: { url: string }, app: App, token: string, more: Record<string, string> = {}) =>
  tokenRequest(site, app, { grant_type: 'refresh_token', refresh_token: token, ...more })

/** The whole way, from the application's button to its tokens. */
export async function connectApp(
  site: { url: string },
  user: Client,
  app: App,
  query: Record<string, string> = {},
  form: Record<string, string> = {},
): Promise<Tokens> {
  const { verifier, challenge } = pkce()
  const code = await authorize(user, app, { code_challenge: challenge, code_challenge_method: 'S256', ...query }, form)
  const { status, json, text } = await redeem(site, app, code, verifier)
  if (status !== 200) throw new Error(`token: ${status} ${text}`)
  return json
}
