import { DISGUISES, isDangerousScheme } from '../../http/destination.ts'
import type { MessageRef } from '../../languages/words.ts'

const LONGEST = 1000

/**
 * Why an application may not be sent back to this address, or null if it may. Compared letter by letter later, so nothing
 * that could look like another address is let in (RFC 9700, 2.1; RFC 8252, 7 and 8.4).
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

/** Whether an address leads to a program on the user's own device, by loopback or by a scheme of its own. */
export function isOnDevice(uri: string): boolean {
  const { protocol, hostname } = new URL(uri)
  return !/^https?:$/.test(protocol) || isLoopback(hostname)
}

/** As people write the user's own machine; other forms of the same number, such as `http://2130706433/`, nobody means. */
const PLAIN_LOOPBACK = /^http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d*)?([/?]|$)/i

/**
 * Whether two addresses on the user's own machine are the same, as browsers compare them: `http://LOCALHOST:80` is
 * `http://localhost/`.
 *
 * @param anyPort whether the port may differ: a program there listens where it can (RFC 8252, 7.3)
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
