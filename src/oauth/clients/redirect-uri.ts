import { DISGUISES, isDangerousScheme } from '../../http/destination.ts'
import type { MessageRef } from '../../languages/messages.ts'

const MAX_LENGTH = 1000

/**
 * Returns why a URL cannot be a redirect URI, or null if it can. Redirect URIs are compared exactly later, so everything
 * that could look like another URL is rejected (RFC 9700, section 2.1; RFC 8252, sections 7 and 8.4).
 *
 * @example
 * redirectUriProblem('https://app.example/callback', 'web') // null
 * redirectUriProblem('http://app.example/callback', 'web') // { id: 'errors.invalid_redirect_uri.plain-http', … }
 */
export function redirectUriProblem(uri: string, type: 'web' | 'native'): MessageRef | null {
  const says = (id: string, values = {}): MessageRef => ({
    id,
    values: { uri: JSON.stringify(uri.slice(0, 200)), ...values },
  })
  if (uri.length > MAX_LENGTH) return says('errors.invalid_redirect_uri.too-long')
  if (DISGUISES.test(uri) || !uri.isWellFormed()) return says('errors.invalid_redirect_uri.characters')
  // Browsers accept "https:app.example" as a URL; people do not read it as one.
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
  // RFC 8252, section 7.1 requires a path. This excludes mailto:, tel: and similar schemes.
  return /^[a-z][a-z0-9+.-]*:\/./i.test(uri) ? null : says('errors.invalid_redirect_uri.no-path')
}

export const isLoopback = (hostname: string): boolean => /^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname)

/** Whether a URL leads to a program on the user's own device, by loopback or by a private-use URI scheme. */
export function isOnDevice(uri: string): boolean {
  const { protocol, hostname } = new URL(uri)
  return !/^https?:$/.test(protocol) || isLoopback(hostname)
}

/** The usual spellings of loopback. Others, such as `http://2130706433/`, are not accepted. */
const PLAIN_LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d*)?([/?]|$)/i

/**
 * Whether two loopback URLs are the same, as browsers compare them: `http://LOCALHOST:80` equals `http://localhost/`.
 *
 * @param anyPort whether the port may differ: a native app listens on any free port (RFC 8252, section 7.3)
 */
export function isSameLoopback(uri: string, registered: string, anyPort: boolean): boolean {
  const [one, other] = [loopbackOf(uri, anyPort), loopbackOf(registered, anyPort)]
  return one !== null && one === other
}

function loopbackOf(uri: string, anyPort: boolean): string | null {
  if (!PLAIN_LOOPBACK.test(uri) || DISGUISES.test(uri) || uri.includes('#') || !URL.canParse(uri)) return null
  const url = new URL(uri)
  if (anyPort) url.port = ''
  return url.href
}
