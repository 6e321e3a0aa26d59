import { ConnectError, type ErrorCode, errorThatSays } from '../errors.ts'
import type { Environment } from '../site.ts'
import type { User } from '../users/user.ts'
import type { ApplicationPasswordHooks } from './events.ts'

type Refusal = ConnectError | null | Promise<ConnectError | null>

export type Availability = ReturnType<typeof createAvailability>

/** Whether application passwords can be had, by WordPress's rule: over https, or anywhere in a `local` environment. */
export function createAvailability(environment: Environment, hooks: ApplicationPasswordHooks) {
  return {
    /**
     * @param isSecure whether the request came in over https
     * @returns why there are none, or null where there are.
     */
    refusal(isSecure: boolean): Refusal {
      if (!isSecure && environment !== 'local') {
        return errorThatSays('application_passwords_disabled', { id: 'errors.application_passwords_disabled.https' })
      }
      return unless(hooks.apply('application-passwords-available', true, {}), 'application_passwords_disabled')
    },
    /** @returns why this user has none, or null. */
    refusalFor(user: User): Refusal {
      const isAvailable = hooks.apply('application-passwords-available-for-user', true, { user })
      return unless(isAvailable, 'application_passwords_disabled_for_user')
    },
  }
}

/** Each request asks twice, so the usual answer is there at once. */
function unless(isAvailable: boolean | Promise<boolean>, code: ErrorCode): Refusal {
  if (isAvailable === true) return null
  return Promise.resolve(isAvailable).then(is => (is ? null : new ConnectError(code)))
}
