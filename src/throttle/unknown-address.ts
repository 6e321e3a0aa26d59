export type UnknownAddresses = ReturnType<typeof createUnknownAddresses>

/** Reports once that callers come without an address, as a proxy may send them: no limit by address holds for them. */
export function createUnknownAddresses(report: (error: unknown) => void) {
  let wereSeen = false
  return {
    note(): void {
      if (wereSeen) return
      wereSeen = true
      const words =
        'A caller came without an IP address, so failed attempts of such callers are counted by user alone. ' +
        'Let the proxy send the address in X-Forwarded-For, and pass it to verifyCredentials().'
      report(Object.assign(new Error(words), { name: 'ThrottleWarning', code: 'caller_address_unknown' }))
    },
    /** Whether one has come since the process began. */
    wereSeen: (): boolean => wereSeen,
  }
}
