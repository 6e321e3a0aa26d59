import { LOG_IN_AFTER } from '../provider/request-state.ts'
import type { Scopes } from '../scopes.ts'
import { readPrompt } from './prompt.ts'

/** An application's request, before oidc-provider sees it. */
export interface AuthorizeRequest {
  /** As oidc-provider is to see it. */
  query: string
  /** What is wrong with it that oidc-provider does not look at, in words for the application; null for nothing. */
  problem: string | null
  /** Milliseconds since 1970: an older log-in does not count. Null: any does. */
  logInAfter: number | null
}

/**
 * What is read of a request. All else is ignored (RFC 6749, 3.1), such as `display`, `login_hint`, `acr_values`,
 * `id_token_hint` and `claims`, which may be (OpenID Connect Core 1.0, 3.1.2.1 and 5.5).
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

/** OpenID Connect's. AppAuth sends a nonce with every request, also to a site that is to give it no ID token. */
const OF_OPENID = ['nonce', 'max_age', 'registration']

/** Enough for oidc-provider to see that it was repeated; and more resources than anybody needs at once. */
const MAX_OF_ONE_NAME = 5

/** Characters of a parameter that is kept until the user has answered, such as `state`. */
const MAX_PARAMETER = 2048

/** The parameters that are read, without those that have no value: they count as absent (RFC 6749, 3.1). */
export function authorizeParameters(sent: URLSearchParams): URLSearchParams {
  const pairs = new URLSearchParams()
  for (const name of KNOWN) {
    const values = sent.getAll(name).filter(value => value !== '')
    for (const value of values.slice(0, MAX_OF_ONE_NAME)) pairs.append(name, value)
  }
  return pairs
}

/**
 * Reads an application's request: the site's default for no scope, commas for spaces, only what there is a use for.
 *
 * @param now milliseconds since 1970
 * @param isTimeTold whether the site can tell when its users logged in
 */
export function readAuthorizeRequest(
  querystring: string,
  scopes: Scopes,
  now: number,
  isTimeTold: boolean,
): AuthorizeRequest {
  const pairs = authorizeParameters(new URLSearchParams(querystring))
  const [asked = '', ...more] = pairs.getAll('scope')
  // What is repeated is oidc-provider's to refuse.
  if (more.length === 0) pairs.set('scope', scopes.parse(asked).join(' '))
  if (!pairs.getAll('scope').some(scope => scope.split(' ').includes('openid'))) {
    for (const name of OF_OPENID) pairs.delete(name)
  }
  const problem = tooLong(pairs)
  const prompt = readPrompt(pairs, now, isTimeTold)
  // Where it cannot be told, the log-in page is shown once, and that is that.
  if (prompt.logInAfter !== null && isTimeTold) pairs.set(LOG_IN_AFTER, String(prompt.logInAfter))
  return { query: pairs.toString(), problem: problem ?? prompt.problem, logInAfter: prompt.logInAfter }
}

/** What is compared with what is registered needs no limit; nor scopes, of which only known ones are left. */
function tooLong(pairs: URLSearchParams): string | null {
  for (const [name, value] of pairs) {
    const isCompared = name === 'client_id' || name === 'redirect_uri'
    if (!isCompared && value.length > MAX_PARAMETER) {
      return `${name} has ${value.length} characters; it may have ${MAX_PARAMETER}`
    }
  }
  return null
}
