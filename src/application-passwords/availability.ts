import { ConnectError } from '../errors.ts'
import type { Hooks } from '../hooks.ts'
import type { CheckedOptions } from '../options.ts'
import type { User } from '../users/user.ts'

export type Availability = ReturnType<typeof createAvailability>

/** Whether application passwords can be had, by WordPress's rule: over https, or anywhere in a `local` environment. */
export function createAvailability(environment: CheckedOptions['environment'], hooks: Hooks) {
  return {
    /**
     * @param isSecure whether the request came in over https
     * @returns why there are none, or null where there are.
     */
    async refusal(isSecure: boolean): Promise<ConnectError | null> {
      if (!isSecure && environment !== 'local') {
        return new ConnectError('application_passwords_disabled', { message: NEEDS_HTTPS })
      }
      const isAvailable = await hooks.apply('application-passwords-available', true, {})
      return isAvailable ? null : new ConnectError('application_passwords_disabled')
    },
    /** @returns why this user has none, or null. */
    async refusalFor(user: User): Promise<ConnectError | null> {
      const isAvailable = await hooks.apply('application-passwords-available-for-user', true, { user })
      return isAvailable ? null : new ConnectError('application_passwords_disabled_for_user')
    },
  }
}

const NEEDS_HTTPS =
  'Application passwords need HTTPS, and this request came in without it. If the site stands behind a proxy, the app ' +
  'must trust it (app.proxy = true); on a development machine, set the environment to "local".'
