import { ConnectError, type ErrorCode, errorWithMessage } from '../errors.ts'
import type { Environment } from '../site.ts'
import type { User } from '../users/user.ts'
import type { ApplicationPasswordHooks } from './events.ts'

type Reason = ConnectError | null | Promise<ConnectError | null>

export type Availability = ReturnType<typeof createAvailability>

/** Whether application passwords can be had, by WordPress's rule: over https, or anywhere in a `local` environment. */
export function createAvailability(environment: Environment, hooks: ApplicationPasswordHooks) {
  return {
    /**
     * @param isSecure whether the request came in over https
     * @returns why there are none, or null where there are.
     */
    unavailableReason(isSecure: boolean): Reason {
      if (!isSecure && environment !== 'local') {
        return errorWithMessage('application_passwords_disabled', { id: 'errors.application_passwords_disabled.https' })
      }
      return reasonUnless(hooks.apply('application-passwords-available', true, {}), 'application_passwords_disabled')
    },
    /** @returns why this user has none, or null. */
    unavailableReasonFor(user: User): Reason {
      const isAvailable = hooks.apply('application-passwords-available-for-user', true, { user })
      return reasonUnless(isAvailable, 'application_passwords_disabled_for_user')
    },
  }
}

/** Each request asks twice, so the usual answer is there at once. */
function reasonUnless(isAvailable: boolean | Promise<boolean>, code: ErrorCode): Reason {
  if (isAvailable === true) return null
  return Promise.resolve(isAvailable).then(is => (is ? null : new ConnectError(code)))
}
