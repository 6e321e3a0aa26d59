export type UnknownAddresses = ReturnType<typeof createUnknownAddresses>

/**
 * Reports once that callers arrive without an address, as some proxies send them. Limits per address do not work for them.
 */
export function createUnknownAddresses(report: (error: unknown) => void) {
  let wereSeen = false
  return {
    note(): void {
      if (wereSeen) return
      wereSeen = true
      const message =
        'A caller has no IP address, so failed attempts of such callers are only limited by user. ' +
        'Let the proxy send the address in X-Forwarded-For, and pass it to verifyCredentials().'
      report(Object.assign(new Error(message), { name: 'ThrottleWarning', code: 'caller_address_unknown' }))
    },
    /** Whether there was one since the process started. */
    wereSeen: (): boolean => wereSeen,
  }
}
