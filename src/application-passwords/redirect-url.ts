import { ConnectError } from '../errors.ts'
import { DISGUISES, isDangerousScheme } from '../http/destination.ts'

/** Where RFC 8252, 7.3 lets a desktop application listen without TLS; by number, because a name can be made to lead elsewhere. */
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\])(:\d{1,5})?([/?#]|$)/i

/**
 * Checks an address that the authorize page may send the user's new password to, by WordPress's rules and without its
 * gaps: the scheme's letter case does not matter, and no address may hold a user, a backslash, white space, control or
 * invisible characters, with which it could look like another one.
 *
 * @param url '' is fine: there is none.
 * @param isLocal whether the environment is `local`, where plain http is allowed.
 * @throws ConnectError `invalid_redirect_url_format`, `invalid_redirect_scheme`
 */
export function checkRedirectUrl(url: string, isLocal: boolean): void {
  if (url === '') return
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/[^/?#]/i.exec(url)?.[1]?.toLowerCase()
  const isDisguised = DISGUISES.test(url) || /^[^/]*\/\/[^/?#]*@/.test(url)
  if (!scheme || isDisguised || isDangerousScheme(scheme) || !URL.canParse(url)) {
    throw new ConnectError('invalid_redirect_url_format')
  }
  if (scheme === 'http' && !isLocal && !LOOPBACK.test(url)) throw new ConnectError('invalid_redirect_scheme')
}

/**
 * Adds arguments to an address as WordPress's `add_query_arg()` does: before the fragment, in place of arguments of the
 * same name. Unlike there, the rest of the address stays to the letter: `?close` is not made `?close=`.
 */
export function addQuery(url: string, added: Readonly<Record<string, string>>): string {
  const [, beforeFragment = '', fragment = ''] = /^([^#]*)(#.*)?$/s.exec(url) ?? []
  const questionMark = beforeFragment.indexOf('?')
  const base = questionMark < 0 ? beforeFragment : beforeFragment.slice(0, questionMark)
  const before = questionMark < 0 ? [] : beforeFragment.slice(questionMark + 1).split('&')
  if (before.at(-1) === '') before.pop()
  const kept = before.filter(pair => !Object.hasOwn(added, nameOf(pair)))
  const pairs = Object.entries(added).map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
  return `${base}?${[...kept, ...pairs].join('&')}${fragment}`
}

const nameOf = (pair: string): string => [...new URLSearchParams(pair).keys()][0] ?? ''
