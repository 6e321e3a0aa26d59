import { DISGUISES, isDangerousScheme } from '../http/destination.ts'
import type { Words } from '../languages/words.ts'

const LONGEST = 1000

/**
 * Why an application may not be sent back to this address, or null if it may. Compared letter by letter later, so nothing
 * that could look like another address is let in (RFC 9700, 2.1; RFC 8252, 7 and 8.4).
 *
 * @example
 * redirectUriProblem('https://app.example/callback', 'web') // null
 * redirectUriProblem('http://app.example/callback', 'web') // { id: 'errors.invalid_redirect_uri.plain-http', … }
 */
export function redirectUriProblem(uri: string, type: 'web' | 'native'): Words | null {
  const says = (id: string, values = {}): Words => ({
    id,
    values: { uri: JSON.stringify(uri.slice(0, 200)), ...values },
  })
  if (uri.length > LONGEST) return says('errors.invalid_redirect_uri.too-long')
  if (DISGUISES.test(uri) || !uri.isWellFormed()) return says('errors.invalid_redirect_uri.characters')
  // Browsers take "https:app.example" for an address too; people do not.
  if (!URL.canParse(uri) || /^https?:(?!\/\/[^/?#])/i.test(uri)) return says('errors.invalid_redirect_uri.incomplete')
  const { protocol, hostname, username, password } = new URL(uri)
  if (uri.includes('#')) return says('errors.invalid_redirect_uri.fragment')
  if (uri.includes('*')) return says('errors.invalid_redirect_uri.wildcard')
  if (isDangerousScheme(protocol.slice(0, -1))) return says('errors.invalid_redirect_uri.scheme', { scheme: protocol })
  if (username || password || /^[^/?]*\/\/[^/?]*@/.test(uri)) return says('errors.invalid_redirect_uri.user')
  if (protocol === 'http:') return isLoopback(hostname) ? null : says('errors.invalid_redirect_uri.plain-http')
  if (protocol === 'https:') {
    return type === 'native' && isLoopback(hostname) ? says('errors.invalid_redirect_uri.loopback-tls') : null
  }
  if (type === 'web') return says('errors.invalid_redirect_uri.own-scheme')
  // With a path, as RFC 8252, 7.1 has them; this leaves out mailto:, tel: and their like.
  return /^[a-z][a-z0-9+.-]*:\/./i.test(uri) ? null : says('errors.invalid_redirect_uri.no-path')
}

export const isLoopback = (hostname: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)

/**
 * Whether two addresses on the user's own machine differ in nothing but their port: a program there listens where it can
 * (RFC 8252, 7.3).
 */
export function isSameLoopback(uri: string, registered: string): boolean {
  if (!URL.canParse(uri)) return false
  const withoutPort = (text: string) => /^(http:\/\/(?:localhost|127\.0\.0\.1|\[::1\]))(?::\d{1,5})?(\/.*)?$/.exec(text)
  const [, host, path = ''] = withoutPort(uri) ?? []
  const [, registeredHost, registeredPath = ''] = withoutPort(registered) ?? []
  return host !== undefined && host === registeredHost && path === registeredPath
}
