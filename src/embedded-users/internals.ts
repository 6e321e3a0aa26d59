import type { Middleware } from 'koa'
import type { Site } from '../connect/options.ts'
import type { Database } from '../database/database.ts'
import type { Migration } from '../database/migrator.ts'
import type { Cookies } from '../http/cookies.ts'
import type { PageKit } from '../pages/kit.ts'
import type { CreateThrottle } from '../throttle/throttle.ts'
import type { UserLifecycle } from '../users/lifecycle.ts'
import type { Users } from '../users/user.ts'
import type { UserJoin } from '../users/user-join.ts'

/** What users that the package brings are built from. */
export interface UsersParts {
  site: Site
  secret: string
  database: Database
  cookies: Cookies
  throttle: CreateThrottle
  lifecycle: UserLifecycle
  /**
   * The users as they are in the end: a host may look at each that is found, and put its own `find` and `findByLogin` in place
   * of those that are brought. Not before they are built.
   */
  users: () => Users
}

/** Users with pages and tables of their own: what `embeddedUsers()` has beyond what a host writes. */
export interface BroughtUsers extends Users {
  migrations: readonly Migration[]
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
  const join = broughtBy(users)?.join
  if (!join) return null
  const { find, findByLogin } = join.insteadOf
  return users.find === find && users.findByLogin === findByLogin ? join : null
}

/** The same users, if the package brought them. */
export const broughtBy = (users: Users): BroughtUsers | null =>
  'logoutUrlWith' in users ? (users as BroughtUsers) : null
