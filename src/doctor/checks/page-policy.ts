import { pagePolicy } from '../../pages/headers.ts'
import type { Check } from '../check.ts'

/** Checks whether a Content-Security-Policy was added that prevents *Authorize* from redirecting to the application. */
export const pagePolicyCheck: Check = {
  name: 'page-policy',
  isForAdministrators: true,
  judge({ https }) {
    if (https.from !== 'this-site') return { status: 'warn', says: { id: 'doctor.page-policy.not-checked' } }
    const foreign = https.policies.find(
      policy => policy !== pagePolicy(true) && /(^|;)\s*form-action(\s|;|$)/i.test(policy),
    )
    if (foreign === undefined) return { status: 'ok', says: { id: 'doctor.page-policy.ok' } }
    return {
      status: 'fail',
      says: { id: 'doctor.page-policy.added', values: { policy: foreign.slice(0, 200) } },
      advice: { id: 'doctor.page-policy.added.advice' },
    }
  },
}
