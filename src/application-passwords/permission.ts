import type { Auth } from '../authentication/auth.ts'
import { ConnectError, type ErrorCode } from '../errors.ts'
import { type Action, mayDo, type User, type Users } from '../users/user.ts'
import type { Availability } from './availability.ts'
import type { CheckedApplicationPasswords } from './options.ts'

/** WordPress's error code for each action that is not allowed. */
export const REFUSALS: Record<Action, ErrorCode> = {
  list_app_passwords: 'rest_cannot_list_application_passwords',
  create_app_password: 'rest_cannot_create_application_passwords',
  delete_app_passwords: 'rest_cannot_delete_application_passwords',
  read_app_password: 'rest_cannot_read_application_password',
  edit_app_password: 'rest_cannot_edit_application_password',
  delete_app_password: 'rest_cannot_delete_application_password',
}

/** A request to do something with a user's application passwords. */
export interface Ask {
  caller: Auth
  target: User
  action: Action
  /** The UUID of the application password, for an action on a single one. */
  uuid?: string | undefined
}

export type Permission = ReturnType<typeof createPermission>

/** Decides who may do what with whose application passwords. The REST API and the pages share these rules. */
export function createPermission(users: Users, availability: Availability, options: CheckedApplicationPasswords) {
  /**
   * Whether the caller's credentials forbid the action. An application password may only read and revoke itself; an access
   * token may do neither.
   */
  function isKeptToItself({ caller, action, uuid }: Ask): boolean {
    if (caller.method === 'access-token') return true
    if (caller.method !== 'application-password' || options.allowManagement) return false
    const isItself = uuid === caller.applicationPassword.uuid
    return !(isItself && (action === 'read_app_password' || action === 'delete_app_password'))
  }

  return {
    /**
     * @throws ConnectError 403 with WordPress's code for the action; 501 if the target cannot have application passwords
     */
    async check(ask: Ask): Promise<void> {
      const unavailable = await availability.unavailableReasonFor(ask.target)
      if (unavailable) throw unavailable
      if (isKeptToItself(ask) || !(await mayDo(users, ask.caller.user, ask.action, ask.target))) {
        throw new ConnectError(REFUSALS[ask.action], { status: 403 })
      }
    },
  }
}
