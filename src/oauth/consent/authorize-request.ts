import { LOGIN_AFTER } from '../provider/request-state.ts'
import type { Scopes } from '../scopes.ts'
import { readPrompt } from './prompt.ts'

/** An application's request, before oidc-provider gets it. */
export interface AuthorizeRequest {
  /** The query string for oidc-provider. */
  query: string
  /** An error that oidc-provider does not check for, as a text for the application. Null if there is none. */
  problem: string | null
  /** Milliseconds since 1970. A login before this does not count. Null: any login counts. */
  loginAfter: number | null
}

/**
 * The supported parameters. Others are ignored (RFC 6749, section 3.1), such as `display`, `login_hint`, `acr_values`,
 * `id_token_hint` and `claims`; OpenID Connect Core 1.0, sections 3.1.2.1 and 5.5 allow that.
 */
const KNOWN = [
  'client_id',
  'redirect_uri',
  'response_type',
  'response_mode',
  'scope',
  'state',
  'nonce',
  'code_challenge',
  'code_challenge_method',
  'prompt',
  'max_age',
  'resource',
  'blog',
  'request',
  'request_uri',
  'registration',
]

/** Parameters of OpenID Connect. AppAuth sends a nonce with every request, even if it requests no ID token. */
const OF_OPENID = ['nonce', 'max_age', 'registration']

/** Enough for oidc-provider to detect repeated parameters, and more resources than any client needs at once. */
const MAX_OF_ONE_NAME = 5

/** Characters. Limits parameters that are stored until the user answers, such as `state`. */
const MAX_PARAMETER = 2048

/** Returns the supported parameters, without empty ones: those count as absent (RFC 6749, section 3.1). */
export function authorizeParameters(sent: URLSearchParams): URLSearchParams {
  const pairs = new URLSearchParams()
  for (const name of KNOWN) {
    const values = sent.getAll(name).filter(value => value !== '')
    for (const value of values.slice(0, MAX_OF_ONE_NAME)) pairs.append(name, value)
  }
  return pairs
}

/**
 * Parses an application's request: inserts the site's default scopes if it requests none, accepts commas as separators, and
 * drops unsupported parameters.
 *
 * @param now milliseconds since 1970
 * @param isTimeTold whether the host can tell when its users logged in
 */
export function readAuthorizeRequest(
  querystring: string,
  scopes: Scopes,
  now: number,
  isTimeTold: boolean,
): AuthorizeRequest {
  const pairs = authorizeParameters(new URLSearchParams(querystring))
  const [asked = '', ...more] = pairs.getAll('scope')
  // oidc-provider rejects repeated parameters.
  if (more.length === 0) pairs.set('scope', scopes.parse(asked).join(' '))
  if (!pairs.getAll('scope').some(scope => scope.split(' ').includes('openid'))) {
    for (const name of OF_OPENID) pairs.delete(name)
  }
  const problem = tooLong(pairs)
  const prompt = readPrompt(pairs, now, isTimeTold)
  // If the host cannot tell the time, the login page is shown once and the login is not checked afterwards.
  if (prompt.loginAfter !== null && isTimeTold) pairs.set(LOGIN_AFTER, String(prompt.loginAfter))
  return { query: pairs.toString(), problem: problem ?? prompt.problem, loginAfter: prompt.loginAfter }
}

/**
 * The client ID and the redirect URI are compared with registered values, and scopes were reduced to known ones. So none of
 * these needs a limit.
 */
function tooLong(pairs: URLSearchParams): string | null {
  for (const [name, value] of pairs) {
    const isCompared = name === 'client_id' || name === 'redirect_uri'
    if (!isCompared && value.length > MAX_PARAMETER) {
      return `${name} has ${value.length} characters; it may have ${MAX_PARAMETER}`
    }
  }
  return null
}
