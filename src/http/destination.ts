import { DANGEROUS_SCHEMES } from './dangerous-schemes.ts'

/**
 * Returns the part of a URL that people recognize an application by: its host, or for a private-use URI scheme the whole
 * path, because after such a scheme another host may follow.
 *
 * @example
 * destinationOf('https://shop.example/callback?x=1') // 'shop.example'
 * destinationOf('cursor://anysphere.cursor-mcp/oauth/callback?x=1') // 'cursor://anysphere.cursor-mcp/oauth/callback'
 */
export function destinationOf(url: string): string {
  const { protocol, host, href } = new URL(url)
  return /^https?:$/.test(protocol) ? host : href.replace(/[?#].*$/, '')
}

/** White space, backslashes, control and invisible characters, which can make a URL look like another one. */
export const DISGUISES = /[\s\\\p{Cc}\p{Cf}]/u

/**
 * Whether a scheme, in any letter case, leads to anything other than the application that asked: a browser, another server,
 * or a handler of the operating system.
 */
export function isDangerousScheme(scheme: string): boolean {
  const lower = scheme.toLowerCase()
  // Windows reserves this scheme for the application that asks.
  return lower !== 'ms-app' && (DANGEROUS_SCHEMES.has(lower) || /^ms-/.test(lower))
}
