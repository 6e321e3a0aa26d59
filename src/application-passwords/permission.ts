import { ConnectError, type ErrorCode } from '../errors.ts'
import type { CheckedOptions } from '../options.ts'
import { type Action, isSameUser, mayDo, type User, type Users } from '../users/user.ts'
import type { RestRequest } from '../wordpress/rest-route.ts'
import type { Availability } from './availability.ts'

const REFUSALS: Record<Action | 'delete_app_passwords', ErrorCode> = {
  list_app_passwords: 'rest_cannot_list_application_passwords',
  create_app_password: 'rest_cannot_create_application_passwords',
  delete_app_passwords: 'rest_cannot_delete_application_passwords',
  read_app_password: 'rest_cannot_read_application_password',
  edit_app_password: 'rest_cannot_edit_application_password',
  delete_app_password: 'rest_cannot_delete_application_password',
}

export type Permission = ReturnType<typeof createPermission>

/** Whose application passwords a REST request is about, and whether its caller may. */
export function createPermission(
  users: Users,
  availability: Availability,
  options: CheckedOptions['applicationPasswords'],
) {
  const targets = new WeakMap<RestRequest, Promise<User>>()

  async function findTarget({ auth, path, ctx }: RestRequest, refusal: ErrorCode): Promise<User> {
    await availability.check(ctx)
    if (path.user_id === 'me' && !auth) throw new ConnectError('rest_not_logged_in')
    // Before the look-up, so that nobody can try which ids exist.
    if (!auth) throw new ConnectError(refusal, { status: 401 })
    const id = path.user_id === 'me' ? String(auth.user.id) : (path.user_id ?? '')
    const target = id === String(auth.user.id) ? auth.user : await users.find(id)
    if (!target) throw new ConnectError('rest_user_invalid_id')
    await availability.checkFor(target)
    return target
  }

  /** The user whose application passwords the request is about. */
  function targetOf(request: RestRequest, refusal: ErrorCode): Promise<User> {
    const known = targets.get(request) ?? findTarget(request, refusal)
    targets.set(request, known)
    return known
  }

  /** Of application passwords, a caller that came in with one may only read and revoke that very one. */
  function isKeptToItself({ auth, path }: RestRequest, action: keyof typeof REFUSALS): boolean {
    if (auth?.method !== 'application-password' || options.manageThemselves) return false
    const isItself = path.uuid === auth.applicationPassword.uuid
    return !(isItself && (action === 'read_app_password' || action === 'delete_app_password'))
  }

  return {
    targetOf,
    /** @throws ConnectError 401 to nobody and 403 to somebody, with WordPress's code for the action. */
    async check(request: RestRequest, action: keyof typeof REFUSALS): Promise<void> {
      const refusal = REFUSALS[action]
      const target = await targetOf(request, refusal)
      const { auth } = request
      const asked = action === 'delete_app_passwords' ? 'delete_app_password' : action
      if (!auth || isKeptToItself(request, action) || !(await mayDo(users, auth.user, asked, target))) {
        throw new ConnectError(refusal, { status: auth ? 403 : 401 })
      }
    },
    /** Introspection is for the caller's own user only. */
    async checkIntrospect(request: RestRequest): Promise<void> {
      const refusal = 'rest_cannot_introspect_app_password_for_non_authenticated_user'
      const target = await targetOf(request, refusal)
      if (!request.auth || !isSameUser(request.auth.user, target)) throw new ConnectError(refusal)
    },
  }
}
