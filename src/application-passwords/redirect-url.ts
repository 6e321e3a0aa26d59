import { ConnectError } from '../errors.ts'
import { isCostlyAddress } from '../http/costly-address.ts'
import { DISGUISES, isDangerousScheme } from '../http/destination.ts'

/**
 * The addresses where RFC 8252, section 7.3 lets a desktop application listen without TLS. Only IP addresses: a host name
 * can be made to resolve elsewhere.
 */
const LOOPBACK = /^http:\/\/(127\.0\.0\.1|\[::1\])(:\d{1,5})?([/?#]|$)/i

/**
 * Checks a URL that the authorize page may send the user's new password to. It follows WordPress's rules without their
 * gaps: the scheme's letter case does not matter, and the URL must not contain a user name, backslash, white space, control
 * or invisible characters, which can disguise it.
 *
 * @param url '' is valid: there is none
 * @param isLocal whether the environment is `local`, where plain http is allowed
 * @throws ConnectError `invalid_redirect_url_format`, `invalid_redirect_scheme`
 */
export function checkRedirectUrl(url: string, isLocal: boolean): void {
  if (url === '') return
  const scheme = /^([a-z][a-z0-9+.-]*):\/\/[^/?#]/i.exec(url)?.[1]?.toLowerCase()
  const isDisguised = DISGUISES.test(url) || /^[^/]*\/\/[^/?#]*@/.test(url)
  if (!scheme || isDisguised || isDangerousScheme(scheme) || isCostlyAddress(url) || !URL.canParse(url)) {
    throw new ConnectError('invalid_redirect_url_format')
  }
  if (scheme === 'http' && !isLocal && !LOOPBACK.test(url)) throw new ConnectError('invalid_redirect_scheme')
}

/**
 * Adds arguments to a URL like WordPress's `add_query_arg()`: before the fragment, replacing arguments of the same name.
 * Unlike there, the rest of the URL stays unchanged: `?close` does not become `?close=`.
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
