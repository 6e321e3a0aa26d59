/** What a request says about the user's log-in. */
interface Prompt {
  /** What is wrong with it, in words for the application; null for nothing. */
  problem: string | null
  /** Milliseconds since 1970: an older log-in does not count. Null: any does. */
  logInAfter: number | null
}

/**
 * Reads `prompt` and `max_age` (OpenID Connect Core 1.0, 3.1.2.1), and leaves of them what oidc-provider has to judge: whether it
 * may ask at all, and what is repeated. It always asks for consent, and its page always offers another account, so `consent`
 * and `select_account` ask for what is done anyway. Unknown words, such as `create` or `admin_consent` of other servers, are
 * ignored.
 *
 * @param now milliseconds since 1970
 * @param isTimeTold whether the site can tell when its users logged in
 */
export function readPrompt(pairs: URLSearchParams, now: number, isTimeTold: boolean): Prompt {
  const words = messageOf(pairs)
  if (pairs.getAll('prompt').length === 1) {
    pairs.delete('prompt')
    // With another word beside it oidc-provider refuses it.
    if (words.includes('none')) pairs.set('prompt', words.length > 1 ? 'none consent' : 'none')
  }
  const maxAges = pairs.getAll('max_age')
  pairs.delete('max_age')
  const problem = problemOfMaxAge(maxAges, isTimeTold)
  const maxAge = maxAges.length > 0 && !problem ? Number(maxAges[0]) : null
  if (words.includes('login') || maxAge === 0) return { problem, logInAfter: now }
  return { problem, logInAfter: maxAge === null ? null : now - maxAge * 1000 }
}

/** An ID token must say when the user logged in if `max_age` is asked for; where nobody knows, the application is told so. */
function problemOfMaxAge(maxAges: readonly string[], isTimeTold: boolean): string | null {
  if (maxAges.length === 0) return null
  if (maxAges.length > 1 || !/^\d{1,10}$/.test(maxAges[0] ?? '')) {
    return 'max_age must be one number of seconds, such as max_age=3600'
  }
  return isTimeTold ? null : 'max_age is not supported: this site cannot tell when its users logged in'
}

const messageOf = (pairs: URLSearchParams): string[] => [
  ...new Set((pairs.get('prompt') ?? '').split(/\s+/).filter(word => word !== '')),
]

/**
 * The query of a request on its way through the log-in page and back. There the user logs in, so that `prompt=login` is
 * done, and would ask them a second time. To the letter where it asks for no log-in.
 */
export function withoutLogIn(querystring: string): string {
  const pairs = new URLSearchParams(querystring)
  const words = messageOf(pairs)
  const isZero = /^0+$/.test(pairs.get('max_age') ?? '')
  if (!words.includes('login') && !isZero) return querystring
  const others = words.filter(word => word !== 'login')
  if (others.length > 0) pairs.set('prompt', others.join(' '))
  else pairs.delete('prompt')
  if (isZero) pairs.delete('max_age')
  return pairs.toString()
}
