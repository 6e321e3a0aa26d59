import type { Connect } from '../connect/connect-types.ts'
import { OAUTH_PATHS } from '../oauth/paths.ts'
import type { Browser } from './browser.ts'

const REDIRECT_URI = 'https://app.example/callback'

/** Creates an application and lets the user at the browser authorize it, through the whole OAuth flow. */
export async function issueAccessToken(
  connect: Connect,
  browser: Browser,
  scopes: readonly string[] = [],
): Promise<string> {
  if (!connect.oauth) throw new Error('createTestSite: access tokens need the option oauth')
  const { client, secret } = await connect.oauth.clients.create({ name: 'Test', redirectUris: [REDIRECT_URI] })
  const request = {
    client_id: client.clientId,
    redirect_uri: REDIRECT_URI,
    response_type: 'code',
    ...(scopes.length > 0 && { scope: scopes.join(' ') }),
  }
  const asked = await browser.get(`${OAUTH_PATHS.authorize}?${new URLSearchParams(request)}`)
  // The authorization endpoint redirects straight back to the application only if it rejects the request.
  if (asked.location.startsWith(REDIRECT_URI))
    throw notFor(scopes, new URL(asked.location).searchParams.get('error_description'))
  const page = String((await browser.get(asked.location)).body)
  const form = { _wpnonce: fieldOf(page, '_wpnonce'), blog: fieldOf(page, 'blog'), approve: 'approve' }
  const agreed = await browser.post(asked.location, form)
  const { location } = await browser.get(agreed.location)
  const { body } = await browser.post(OAUTH_PATHS.token, {
    grant_type: 'authorization_code',
    code: new URL(location).searchParams.get('code') ?? '',
    redirect_uri: REDIRECT_URI,
    client_id: client.clientId,
    client_secret: secret ?? '',
  })
  const token = body as { access_token: string; scope: string }
  // Unknown scopes are ignored for real applications. In a test they are spelling mistakes.
  const missing = scopes.filter(name => !token.scope.split(' ').includes(name))
  if (missing.length > 0) throw notFor(scopes, `oauth.scopes does not contain ${missing.join(', ')}`)
  return token.access_token
}

const notFor = (scopes: readonly string[], why: string | null) =>
  new Error(`createTestSite: no access token for the scopes ${scopes.join(', ')}: ${why}`)

/** Returns the value of the page's first field of this name. If there are several sites, this is the first. */
const fieldOf = (page: string, name: string): string =>
  new RegExp(`name="${name}"\\s+value="([^"]*)"`).exec(page)?.[1] ?? ''
