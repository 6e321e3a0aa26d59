import { ConnectError, type ErrorCode, errorWithMessage } from '../errors.ts'
import type { Environment } from '../site.ts'
import type { User } from '../users/user.ts'
import type { ApplicationPasswordHooks } from './events.ts'

type Reason = ConnectError | null | Promise<ConnectError | null>

export type Availability = ReturnType<typeof createAvailability>

/** Whether application passwords are available, by WordPress's rule: over https, or everywhere in a `local` environment. */
export function createAvailability(environment: Environment, hooks: ApplicationPasswordHooks) {
  return {
    /**
     * @param isSecure whether the request came in over https
     * @returns the reason why application passwords are unavailable, or null if they are available
     */
    unavailableReason(isSecure: boolean): Reason {
      if (!isSecure && environment !== 'local') {
        return errorWithMessage('application_passwords_disabled', { id: 'errors.application_passwords_disabled.https' })
      }
      return reasonUnless(hooks.apply('application-passwords-available', true, {}), 'application_passwords_disabled')
    },
    /** @returns the reason why this user cannot have application passwords, or null */
    unavailableReasonFor(user: User): Reason {
      const isAvailable = hooks.apply('application-passwords-available-for-user', true, { user })
      return reasonUnless(isAvailable, 'application_passwords_disabled_for_user')
    },
  }
}

/** Returns the usual result without a promise, because each request asks twice. */
function reasonUnless(isAvailable: boolean | Promise<boolean>, code: ErrorCode): Reason {
  if (isAvailable === true) return null
  return Promise.resolve(isAvailable).then(is => (is ? null : new ConnectError(code)))
}
