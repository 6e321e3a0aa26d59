import { BlockList, isIPv6 } from 'node:net'
import { embeddedIpv4 } from './address.ts'

/** IANA's registry of special-purpose IPv4 addresses, and multicast. No public server has one of them. */
const SPECIAL_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]

/** The special ranges within 2000::/3, which contains all public IPv6 addresses: Teredo, documentation, 6to4, AS112. */
const SPECIAL_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '2620:4f:8000::/48', '3fff::/20']

const special = new BlockList()
for (const range of SPECIAL_IPV4) addRange(special, range, 'ipv4')
for (const range of SPECIAL_IPV6) addRange(special, range, 'ipv6')

const global = new BlockList()
addRange(global, '2000::/3', 'ipv6')

function addRange(list: BlockList, range: string, family: 'ipv4' | 'ipv6'): void {
  const [address = '', prefix] = range.split('/')
  list.addSubnet(address, Number(prefix), family)
}

/**
 * Whether an address is on the public Internet: not on this machine or a private network, and not special-purpose (RFC
 * 6890). An IPv6 address that is translated to IPv4 is judged by the IPv4 address, because the packet arrives there.
 *
 * @param address an IP address that `net.isIP()` accepts
 * @example
 * isPublicAddress('169.254.169.254') // false: a cloud's metadata service
 * isPublicAddress('64:ff9b::7f00:1') // false: 127.0.0.1 behind NAT64
 */
export function isPublicAddress(address: string): boolean {
  if (!isIPv6(address)) return !special.check(address, 'ipv4')
  if (global.check(address, 'ipv6')) return !special.check(address, 'ipv6')
  const ipv4 = embeddedIpv4(address)
  return ipv4 !== null && !special.check(ipv4, 'ipv4')
}
