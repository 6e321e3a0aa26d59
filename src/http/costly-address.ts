/** Four times as many as the longest host name has (RFC 1035, 2.3.4). */
const MAX_LENGTH = 1000

/**
 * Whether an address may be too costly to parse. The time for a host that is not ASCII grows with the square of its length: 16 KB
 * keep the process busy for half a second.
 */
export function isCostlyAddress(address: string): boolean {
  // All that may become a host, with or without slashes before it.
  const [beforeQuery = ''] = address.split(/[?#]/, 1)
  return beforeQuery.length > MAX_LENGTH && /[^!-~]|%/.test(beforeQuery)
}
