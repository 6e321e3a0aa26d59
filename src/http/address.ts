import { isIP } from 'node:net'

/**
 * The caller's address as people write it: an IPv4 one that came in over an IPv6 socket is an IPv4 one.
 *
 * @returns null for what is no address, as an untidy proxy may pass it on.
 */
export function clientAddress(ip: string): string | null {
  const address = ip.replace(/^::ffff:(?=\d+\.\d+\.\d+\.\d+$)/i, '')
  return isIP(address) ? address.slice(0, 45) : null
}

/** What one caller can be counted by: an IPv4 address, or the /64 that one customer gets of IPv6. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  const rest = tail === undefined ? [] : tail.split(':').filter(Boolean)
  const missing = Math.max(0, 8 - groups.length - rest.length)
  return [...groups, ...Array<string>(missing).fill('0'), ...rest].slice(0, 4).join(':').toLowerCase()
}
