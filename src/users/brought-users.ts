import type { Middleware } from 'koa'
import type { Database } from '../database/database.ts'
import type { Migration } from '../database/migrations.ts'
import type { Cookies } from '../http/cookies.ts'
import type { Site } from '../options.ts'
import type { PageKit } from '../pages/kit.ts'
import type { Users } from './user.ts'

/** What users that the package brings are built from. */
export interface UsersParts {
  site: Site
  database: Database
  cookies: Cookies
}

/** Users with pages and tables of their own: what `embeddedUsers()` has beyond what a host writes. */
export interface BroughtUsers extends Users {
  migrations: readonly Migration[]
  pages(kit: PageKit): Middleware
  /** Where a person logs out, with the form token that the log-out asks for. */
  logoutUrlWith(token: string): string
}

/** The same users, if the package brought them. */
export const broughtBy = (users: Users): BroughtUsers | null =>
  'logoutUrlWith' in users ? (users as BroughtUsers) : null
