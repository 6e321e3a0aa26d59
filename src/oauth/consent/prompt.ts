/** What a request demands about the user's login. */
interface Prompt {
  /** An error, as a text for the application. Null if there is none. */
  problem: string | null
  /** Milliseconds since 1970. A login before this does not count. Null: any login counts. */
  loginAfter: number | null
}

/**
 * Reads `prompt` and `max_age` (OpenID Connect Core 1.0, section 3.1.2.1). It leaves in the request only what oidc-provider
 * has to judge: `none`, and repeated parameters. Consent is always asked for, and the page always offers another account,
 * so `consent` and `select_account` change nothing. Unknown values, such as `create` or `admin_consent` of other servers,
 * are ignored.
 *
 * @param now milliseconds since 1970
 * @param isTimeTold whether the host can tell when its users logged in
 */
export function readPrompt(pairs: URLSearchParams, now: number, isTimeTold: boolean): Prompt {
  const prompts = promptValuesOf(pairs)
  if (pairs.getAll('prompt').length === 1) {
    pairs.delete('prompt')
    // oidc-provider rejects `none` together with another value.
    if (prompts.includes('none')) pairs.set('prompt', prompts.length > 1 ? 'none consent' : 'none')
  }
  const maxAges = pairs.getAll('max_age')
  pairs.delete('max_age')
  const problem = problemOfMaxAge(maxAges, isTimeTold)
  const maxAge = maxAges.length > 0 && !problem ? Number(maxAges[0]) : null
  if (prompts.includes('login') || maxAge === 0) return { problem, loginAfter: now }
  return { problem, loginAfter: maxAge === null ? null : now - maxAge * 1000 }
}

/** With `max_age`, an ID token must contain the login time. If the host cannot tell it, the application gets an error. */
function problemOfMaxAge(maxAges: readonly string[], isTimeTold: boolean): string | null {
  if (maxAges.length === 0) return null
  if (maxAges.length > 1 || !/^\d{1,10}$/.test(maxAges[0] ?? '')) {
    return 'max_age must be one number of seconds, such as max_age=3600'
  }
  return isTimeTold ? null : 'max_age is not supported: this site cannot tell when its users logged in'
}

const promptValuesOf = (pairs: URLSearchParams): string[] => [
  ...new Set((pairs.get('prompt') ?? '').split(/\s+/).filter(value => value !== '')),
]

/**
 * Returns the query for the way through the login page and back. The user logs in there, so `prompt=login` is removed:
 * otherwise they would be asked to log in twice. A query that demands no login stays unchanged.
 */
export function withoutLogin(querystring: string): string {
  const pairs = new URLSearchParams(querystring)
  const prompts = promptValuesOf(pairs)
  const isZero = /^0+$/.test(pairs.get('max_age') ?? '')
  if (!prompts.includes('login') && !isZero) return querystring
  const others = prompts.filter(prompt => prompt !== 'login')
  if (others.length > 0) pairs.set('prompt', others.join(' '))
  else pairs.delete('prompt')
  if (isZero) pairs.delete('max_age')
  return pairs.toString()
}
