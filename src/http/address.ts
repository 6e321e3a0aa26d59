import { isIP, isIPv6 } from 'node:net'

/**
 * Normalizes a caller's address, however a proxy writes it: with a port (`203.0.113.5:4711`, `[2001:db8::1]:443`), in
 * brackets or quotes, or with a zone (`fe80::1%eth0`). An IPv4 address from an IPv6 socket becomes an IPv4 address.
 *
 * @returns null for text that is not an address
 */
export function clientAddress(ip: string): string | null {
  const [, inBrackets, alone = ''] = /^"?(?:\[([^\]]*)\](?::\d{1,5})?|([^"]*))"?$/.exec(ip.trim()) ?? []
  const withoutPort = inBrackets ?? alone.replace(/^([\d.]+):\d{1,5}$/, '$1')
  const address = withoutPort.replace(/%.*$/, '')
  if (isIP(address) === 0 || (inBrackets !== undefined && !isIPv6(address))) return null
  const groups = address.includes(':') ? groupsOf(address) : null
  return groups && isMapped(groups) ? ipv4Of(groups, 6) : address
}

/** A network that a caller is counted by. */
export interface Network {
  /** An IPv4 address has a single network: itself. */
  prefix: '' | '/56' | '/48'
  name: string
  /** How many callers with the narrowest network it may contain. Its limits are multiplied by this number. */
  times: number
}

/**
 * Returns the networks that a caller is counted by, the narrowest first. For IPv4 that is the address itself. For IPv6 it
 * is the /64 of one line, and the /56 and /48 that providers give to one customer. A translated IPv4 address counts as
 * itself: otherwise everyone behind one translator would be one caller.
 *
 * @param address null returns no networks: callers without an address must not share one
 */
export function networksOf(address: string | null): Network[] {
  if (address === null) return []
  if (!isIPv6(address)) return [{ prefix: '', name: address, times: 1 }]
  const groups = groupsOf(address)
  const text = (...of: number[]) => of.map(group => group.toString(16)).join(':')
  const translated = embeddedIpv4(address) ?? (isLocallyTranslated(groups) ? text(...groups) : null)
  if (translated) return [{ prefix: '', name: translated, times: 1 }]
  const [a = 0, b = 0, c = 0, d = 0] = groups
  return [
    { prefix: '', name: text(a, b, c, d), times: 1 },
    { prefix: '/56', name: text(a, b, c, d & 0xff00), times: 4 },
    { prefix: '/48', name: text(a, b, c), times: 16 },
  ]
}

/** Returns the IPv4 address that an IPv6 address represents; null for other IPv6 addresses. */
export function embeddedIpv4(address: string): string | null {
  const groups = groupsOf(address)
  if (isMapped(groups)) return ipv4Of(groups, 6)
  // 64:ff9b::/96: IPv4 callers as IPv6-only servers see them (RFC 6052, section 2.1; RFC 7755).
  if (groups[0] === 0x64 && groups[1] === 0xff9b && groups.slice(2, 6).every(group => group === 0)) {
    return ipv4Of(groups, 6)
  }
  // 6to4: a whole /48 belongs to one IPv4 address (RFC 3056, section 2).
  return groups[0] === 0x2002 ? ipv4Of(groups, 1) : null
}

/**
 * 64:ff9b:1::/48: only the network knows which bits are the IPv4 address, but each one has a distinct IPv6 address (RFC
 * 8215).
 */
const isLocallyTranslated = ([a, b, c]: readonly number[]): boolean => a === 0x64 && b === 0xff9b && c === 1

/** ::ffff:0:0/96 (RFC 4291, section 2.5.5.2). */
const isMapped = (groups: readonly number[]): boolean =>
  groups[5] === 0xffff && groups.slice(0, 5).every(group => group === 0)

/** Returns the IPv4 address in two groups. */
function ipv4Of(groups: readonly number[], at: number): string {
  const [high = 0, low = 0] = groups.slice(at, at + 2)
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

/** Returns the eight groups of an IPv6 address. */
function groupsOf(address: string): number[] {
  const inHex = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number)
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`
  })
  const [head = '', tail] = inHex.split('::')
  const before = head.split(':').filter(Boolean)
  const after = tail === undefined ? [] : tail.split(':').filter(Boolean)
  const zeros = Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0')
  return [...before, ...zeros, ...after].map(group => Number.parseInt(group, 16))
}
