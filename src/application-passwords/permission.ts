import type { Auth } from '../authentication/auth.ts'
import { ConnectError, type ErrorCode } from '../errors.ts'
import { type Action, mayDo, type User, type Users } from '../users/user.ts'
import type { Availability } from './availability.ts'
import type { CheckedApplicationPasswords } from './options.ts'

/** What WordPress answers to whoever may not. */
export const REFUSALS: Record<Action, ErrorCode> = {
  list_app_passwords: 'rest_cannot_list_application_passwords',
  create_app_password: 'rest_cannot_create_application_passwords',
  delete_app_passwords: 'rest_cannot_delete_application_passwords',
  read_app_password: 'rest_cannot_read_application_password',
  edit_app_password: 'rest_cannot_edit_application_password',
  delete_app_password: 'rest_cannot_delete_application_password',
}

/** Somebody who asks to do something with somebody's application passwords. */
export interface Ask {
  caller: Auth
  target: User
  action: Action
  /** The application password, for an action on one. */
  uuid?: string | undefined
}

export type Permission = ReturnType<typeof createPermission>

/** Who may do what with whose application passwords. The same for the REST API and for the pages. */
export function createPermission(users: Users, availability: Availability, options: CheckedApplicationPasswords) {
  /** Of application passwords, a caller that came in with one may only read and revoke that very one; by OAuth, none. */
  function isKeptToItself({ caller, action, uuid }: Ask): boolean {
    if (caller.method === 'access-token') return true
    if (caller.method !== 'application-password' || options.allowManagement) return false
    const isItself = uuid === caller.applicationPassword.uuid
    return !(isItself && (action === 'read_app_password' || action === 'delete_app_password'))
  }

  return {
    /** @throws ConnectError 403 with WordPress's code for the action; 501 where the target can have none. */
    async check(ask: Ask): Promise<void> {
      const unavailable = await availability.unavailableReasonFor(ask.target)
      if (unavailable) throw unavailable
      if (isKeptToItself(ask) || !(await mayDo(users, ask.caller.user, ask.action, ask.target))) {
        throw new ConnectError(REFUSALS[ask.action], { status: 403 })
      }
    },
  }
}
