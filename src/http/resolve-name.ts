import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import { addressesInHostsFile } from './hosts-file.ts'

export interface Address {
  address: string
  family: number
}

/** Two attempts, because a packet may be lost. The caller's signal ends both. */
const QUERY_LIMITS = { timeout: 1000, tries: 2 }

/**
 * Returns all addresses of a name, from the system's hosts file or else from DNS. Unlike `dns.lookup()` it can be
 * cancelled, and it uses none of libuv's four threads, which files and hashes need too. So names with unresponsive servers
 * delay nothing else.
 *
 * @param servers the system's DNS servers by default
 * @throws Error of DNS if there is neither an IPv4 nor an IPv6 address
 */
export async function resolveName(name: string, signal: AbortSignal, servers?: readonly string[]): Promise<Address[]> {
  const listed = await addressesInHostsFile(name)
  const addresses = listed.length > 0 ? listed : await askDns(name, signal, servers)
  return addresses.map(address => ({ address, family: isIP(address) }))
}

async function askDns(name: string, signal: AbortSignal, servers?: readonly string[]): Promise<string[]> {
  signal.throwIfAborted()
  const resolver = new Resolver(QUERY_LIMITS)
  if (servers) resolver.setServers(servers)
  const giveUp = () => resolver.cancel()
  signal.addEventListener('abort', giveUp, { once: true })
  try {
    const [ipv4, ipv6] = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    // Many names have only one kind of address.
    if (ipv4.status === 'rejected' && ipv6.status === 'rejected') throw ipv4.reason
    return [ipv4, ipv6].flatMap(found => (found.status === 'fulfilled' ? found.value : []))
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
