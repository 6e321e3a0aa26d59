import type { Check } from '../check.ts'

/** Does the app learn callers' addresses? Where it does not, no limit by address holds for them, and "Last IP" stays empty. */
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
