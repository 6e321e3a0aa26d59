import { z } from 'zod'
import type { Users } from '../users/user.ts'
import type { UsersContext } from '../users/users-context.ts'
import { checkBy } from '../values/check-options.ts'

const METHODS = ['current', 'find', 'findByLogin', 'loginUrl'] as const
const OPTIONAL_METHODS = [
  'logoutUrl',
  'can',
  'sites',
  'canManageClients',
  'avatarUrl',
  'profileUrl',
  'authenticatedAt',
  'list',
] as const
const USERS = 'expected an object with current, find, findByLogin and loginUrl, or embeddedUsers()'

const builtUsersSchema = z
  .custom<Users>(users => typeof users === 'object' && users !== null, USERS)
  .superRefine((users, context) => {
    const optional = OPTIONAL_METHODS.filter(method => users[method] !== undefined)
    for (const method of [...METHODS, ...optional]) {
      if (typeof users[method] !== 'function')
        context.addIssue({ code: 'custom', path: [method], message: 'expected a function' })
    }
  })

/** Users given as a function are checked after the function has run: see {@link buildUsers}. */
export const usersSchema = z.custom<unknown>().superRefine((users, context) => {
  if (typeof users === 'function') return
  for (const issue of builtUsersSchema.safeParse(users).error?.issues ?? [])
    context.addIssue({ code: 'custom', path: issue.path, message: issue.message })
})

/**
 * Calls the option `users` if it is a function, and checks the users that it returns.
 *
 * @throws OptionsError as `createConnect()` does for a bad option
 */
export function buildUsers<U extends Users>(
  given: U | ((parts: UsersContext) => U),
  parts: Omit<UsersContext, 'users'>,
): U {
  if (typeof given !== 'function') return given
  const users: U = given({ ...parts, users: () => users })
  checkBy(z.object({ users: builtUsersSchema }), { users }, 'createConnect')
  return users
}
