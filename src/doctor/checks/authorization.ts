import type { MessageRef } from '../../languages/words.ts'
import type { Check } from '../check.ts'

/** What to do; said of the browser's own request, too. */
export const LET_IT_THROUGH: MessageRef = { id: 'doctor.authorization.missing.advice' }
export const LEAVE_IT_ALONE: MessageRef = { id: 'doctor.authorization.unanswered.advice' }

/** Does the Authorization header arrive? That it is stripped on the way is what WordPress sites are most often asked about. */
export const authorizationCheck: Check = {
  name: 'authorization-header',
  isForAdministrators: false,
  judge({ https, authorization }) {
    if (authorization.from === 'this-site') {
      return authorization.is
        ? { status: 'ok', says: { id: 'doctor.authorization.ok' } }
        : { status: 'fail', says: { id: 'doctor.authorization.missing' }, advice: LET_IT_THROUGH }
    }
    if (https.from !== 'this-site') return { status: 'warn', says: { id: 'doctor.authorization.not-checked' } }
    return { status: 'fail', says: { id: 'doctor.authorization.unanswered' }, advice: LEAVE_IT_ALONE }
  },
}
