import { DANGEROUS_SCHEMES } from './dangerous-schemes.ts'

/**
 * What people can tell an application by: its host, or the whole way to a program on their device, because what comes after
 * a scheme may be another host.
 *
 * @example
 * destinationOf('https://shop.example/callback?x=1') // 'shop.example'
 * destinationOf('cursor://anysphere.cursor-mcp/oauth/callback?x=1') // 'cursor://anysphere.cursor-mcp/oauth/callback'
 */
export function destinationOf(url: string): string {
  const { protocol, host, href } = new URL(url)
  return /^https?:$/.test(protocol) ? host : href.replace(/[?#].*$/, '')
}

/** White space, backslashes, control and invisible characters: with them an address can look like another one. */
export const DISGUISES = /[\s\\\p{Cc}\p{Cf}]/u

/**
 * Whether a scheme, in any letter case, leads to anything but the application that asked: to a browser, another server, or a
 * handler of the operating system.
 */
export function isDangerousScheme(scheme: string): boolean {
  const lower = scheme.toLowerCase()
  // Windows gives this one to the application that asks, and to no other.
  return lower !== 'ms-app' && (DANGEROUS_SCHEMES.has(lower) || /^ms-/.test(lower))
}
