import type { Silence } from '../ask-site.ts'
import type { Check } from '../check.ts'

const WHY: Readonly<Record<Silence, string>> = {
  'unknown-name': 'doctor.address.unknown-name',
  refused: 'doctor.address.refused',
  certificate: 'doctor.address.certificate',
  timeout: 'doctor.address.timeout',
  failed: 'doctor.address.failed',
}

/** Checks whether any server responds at `site.url`. */
export const addressCheck: Check = {
  name: 'address',
  isForAdministrators: false,
  judge({ site: { url }, https, visitor }) {
    if (https.from !== 'nobody') return { status: 'ok', says: { id: 'doctor.address.ok', values: { url } } }
    const values = { url, why: { id: WHY[https.why] } }
    if (visitor?.isAtAddress) {
      const advice = { id: 'doctor.address.warn.advice' }
      return { status: 'warn', says: { id: 'doctor.address.warn', values }, advice }
    }
    return {
      status: 'fail',
      says: { id: 'doctor.address.fail', values },
      advice: { id: 'doctor.address.fail.advice' },
    }
  },
}
