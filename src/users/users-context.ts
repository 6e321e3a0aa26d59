import type { Database } from '../database/database.ts'
import type { Cookies } from '../http/cookies.ts'
import type { Site } from '../site.ts'
import type { CreateThrottle } from '../throttle/throttle.ts'
import type { UserLifecycle } from './lifecycle.ts'
import type { Users } from './user.ts'

/** The argument of the option `users` if that is a function, as `embeddedUsers()` returns one. */
export interface UsersContext {
  site: Site
  secret: string
  database: Database
  cookies: Cookies
  throttle: CreateThrottle
  lifecycle: UserLifecycle
  /**
   * Returns the users that the function has built. Call it later, not while the function runs. A host may replace `find`
   * and `findByLogin` of `embeddedUsers()` by its own.
   */
  users: () => Users
}
