import type { Middleware } from 'koa'
import type { PageKit } from '../pages/kit.ts'
import type { Users } from '../users/user.ts'
import type { UserJoin } from '../users/user-join.ts'

/** Users with pages and tables of their own: what `embeddedUsers()` has beyond what a host writes. */
export interface EmbeddedUsersInternals extends Users {
  pages(kit: PageKit): Middleware
  join: UserJoin
  /** Where a person logs out, with the form token that the log-out asks for. */
  logoutUrlWith(token: string): string
}

/**
 * Its users in the SELECT of a credential. Not where the host looks at each user that is found, say to keep out whom it has
 * suspended: that would pass it by.
 */
export function joinOf(users: Users): UserJoin | null {
  const join = asEmbedded(users)?.join
  if (!join) return null
  const { find, findByLogin } = join.replaces
  return users.find === find && users.findByLogin === findByLogin ? join : null
}

/** The same users, if the package brought them. */
export const asEmbedded = (users: Users): EmbeddedUsersInternals | null =>
  'logoutUrlWith' in users ? (users as EmbeddedUsersInternals) : null
