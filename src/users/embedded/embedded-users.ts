import type { Knex } from 'knex'
import { z } from 'zod'
import { createThrottle, LOG_IN_LIMITS } from '../../authentication/throttle.ts'
import { createDatabase } from '../../database/database.ts'
import { embeddedUsersTables } from '../../migrations/0002-embedded-users.ts'
import { check, knexSchema, type SiteOptions, siteSchema, tablePrefixSchema } from '../../options.ts'
import { createCookies } from '../../pages/cookies.ts'
import type { Users } from '../user.ts'
import { type Accounts, createAccounts } from './accounts.ts'
import { loginPage } from './login-page.ts'
import { createUserRows } from './rows.ts'
import { createSessionCookie } from './session-cookie.ts'
import { createSessions } from './sessions.ts'

export interface EmbeddedUsersOptions {
  /** The same Knex instance as `createConnect()` gets. */
  knex: Knex
  /** The same site. */
  site: SiteOptions
  /** The same table prefix; `connect_` by default. */
  tablePrefix?: string
}

export interface EmbeddedUsers extends Users {
  /** Make, change and delete users. */
  accounts: Accounts
}

const optionsSchema = z.strictObject({
  knex: knexSchema,
  site: siteSchema,
  tablePrefix: tablePrefixSchema.default('connect_'),
})

/**
 * Users for a site that has none of its own: a table, argon2id account passwords, roles, sessions and `/wp-login.php`.
 *
 * @throws OptionsError that names a bad option
 * @example
 * const users = embeddedUsers({ knex, site })
 * const connect = await createConnect({ knex, site, secret, users })
 * await connect.migrate()
 * await users.accounts.create('sam', password, { email: 'sam@example.com', role: 'author' })
 */
export function embeddedUsers(given: EmbeddedUsersOptions): EmbeddedUsers {
  const { knex, site, tablePrefix } = check('embeddedUsers', optionsSchema, given)
  const database = createDatabase(knex, tablePrefix)
  const rows = createUserRows(database)
  const sessions = createSessions(database)
  const sessionCookie = createSessionCookie(sessions, rows, createCookies(site.url))
  const accounts = createAccounts(rows, sessions)
  const root = new URL(site.url).pathname.replace(/\/$/, '')

  return {
    accounts,
    migrations: [embeddedUsersTables],
    current: sessionCookie.user,
    find: rows.find,
    findByLogin: rows.findByLogin,
    loginUrl: returnTo => `${root}/wp-login.php?redirect_to=${encodeURIComponent(returnTo)}&reauth=1`,
    logoutUrl: token => `${root}/wp-login.php?action=logout&_wpnonce=${token}`,
    pages: kit => loginPage(kit, { accounts, sessionCookie, throttle: createThrottle(LOG_IN_LIMITS) }),
  }
}
