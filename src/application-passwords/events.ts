import type { Hooks } from '../hooks/hooks.ts'
import type { User } from '../users/user.ts'
import type { ApplicationPassword } from './application-password.ts'

export interface ApplicationPasswordEvents {
  'application-password-created': { user: User; applicationPassword: ApplicationPassword }
  'application-password-updated': { user: User; applicationPassword: ApplicationPassword }
  'application-password-revoked': { user: User; applicationPassword: ApplicationPassword }
  /** A request was authenticated with the application password. */
  'application-password-used': { user: User; applicationPassword: ApplicationPassword; ip: string | null }
  /** A request's credentials were rejected. `login` is the text that was sent. */
  'application-password-refused': { login: string; ip: string | null; code: string }
}

export interface ApplicationPasswordFilters {
  /** Whether the site offers application passwords at all. */
  'application-passwords-available': { value: boolean; details: Record<string, never> }
  /** Whether this user may have application passwords. */
  'application-passwords-available-for-user': { value: boolean; details: { user: User } }
  /** Whether a password that matched may be used for this request. */
  'application-password-match': {
    value: boolean
    details: { user: User; applicationPassword: ApplicationPassword; ip: string | null }
  }
}

export type ApplicationPasswordHooks = Hooks<ApplicationPasswordEvents, ApplicationPasswordFilters>
