import type { MessageRef } from '../../languages/messages.ts'
import type { Check } from '../check.ts'

/** Advice that is also shown for the browser's own request. */
export const LET_IT_THROUGH: MessageRef = { id: 'doctor.authorization.missing.advice' }
export const LEAVE_IT_ALONE: MessageRef = { id: 'doctor.authorization.unanswered.advice' }

/**
 * Checks whether the Authorization header arrives. That proxies remove it is the most common problem of WordPress sites.
 */
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
