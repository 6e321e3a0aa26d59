import type { Check } from '../check.ts'

/**
 * Checks whether the app sees the callers' addresses. Otherwise limits per address do not work, and "Last IP" stays empty.
 */
export const callerAddressCheck: Check = {
  name: 'caller-address',
  isForAdministrators: true,
  judge({ callerAddress, hasUnknownCallers, startedBy }) {
    if (callerAddress.from !== 'this-site') return { status: 'warn', says: { id: 'doctor.caller-address.not-checked' } }
    if (callerAddress.is && !hasUnknownCallers) return { status: 'ok', says: { id: 'doctor.caller-address.ok' } }
    return {
      status: 'warn',
      says: { id: 'doctor.caller-address.unknown' },
      advice: { id: `doctor.caller-address.unknown.advice-${startedBy}` },
    }
  },
}
