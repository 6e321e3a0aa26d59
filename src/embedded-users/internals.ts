import type { Middleware } from 'koa'
import type { PageKit } from '../pages/kit.ts'
import type { Users } from '../users/user.ts'
import type { UserJoin } from '../users/user-join.ts'

/** Users with pages and tables: the members of `embeddedUsers()` that a host's own users do not have. */
export interface EmbeddedUsersInternals extends Users {
  /** @param appNameAt returns the name of the application that the page at a URL of this site connects; null if none */
  pages(kit: PageKit, appNameAt: (url: string) => Promise<string | null>): Middleware
  join: UserJoin
  /** Returns the logout URL with the form token that logging out requires. */
  logoutUrlWith(token: string): string
}

/**
 * Returns the join that adds embedded users to the SELECT of a credential. Null if the host has overridden `find` or
 * `findByLogin`, for example to keep out suspended users: the join would bypass that check.
 */
export function joinOf(users: Users): UserJoin | null {
  const join = asEmbedded(users)?.join
  if (!join) return null
  const { find, findByLogin } = join.replaces
  return users.find === find && users.findByLogin === findByLogin ? join : null
}

/** Returns the users if they are embedded users, otherwise null. */
export const asEmbedded = (users: Users): EmbeddedUsersInternals | null =>
  'logoutUrlWith' in users ? (users as EmbeddedUsersInternals) : null
