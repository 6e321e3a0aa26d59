import { createThrottle, LOG_IN_LIMITS } from '../../authentication/throttle.ts'
import { embeddedUsersTables } from '../../migrations/0002-embedded-users.ts'
import type { BroughtUsers, UsersParts } from '../brought-users.ts'
import { type Accounts, createAccounts } from './accounts.ts'
import { createLogIn } from './log-in.ts'
import { loginPage } from './login-page.ts'
import { createUserRows } from './rows.ts'
import { createSessionCookie } from './session-cookie.ts'
import { createSessions } from './sessions.ts'

/** What `connect.users` is with `embeddedUsers()`. */
export interface EmbeddedUsers extends BroughtUsers {
  /** Make, change and delete users. */
  accounts: Accounts
}

/**
 * Users for a site that has none of its own: a table, argon2id account passwords, roles, sessions and `/wp-login.php`.
 *
 * @returns what the option `users` of `createConnect()` takes.
 * @example
 * const connect = await createConnect({ knex, site, secret, users: embeddedUsers() })
 * await connect.migrate()
 * await connect.users.accounts.create('sam', password, { email: 'sam@example.com', role: 'author' })
 */
export function embeddedUsers(): (parts: UsersParts) => EmbeddedUsers {
  return ({ site, database, cookies }) => {
    const rows = createUserRows(database)
    const sessions = createSessions(database)
    const accounts = createAccounts(database, rows, sessions)
    const sessionCookie = createSessionCookie(sessions, rows, cookies)
    const root = new URL(site.url).pathname.replace(/\/$/, '')
    return {
      accounts,
      migrations: [embeddedUsersTables],
      current: sessionCookie.user,
      find: rows.find,
      findByLogin: rows.findByLogin,
      loginUrl: returnTo => `${root}/wp-login.php?redirect_to=${encodeURIComponent(returnTo)}&reauth=1`,
      logoutUrlWith: token => `${root}/wp-login.php?action=logout&_wpnonce=${token}`,
      pages: kit =>
        loginPage(kit, { logIn: createLogIn(rows, sessions), sessionCookie, throttle: createThrottle(LOG_IN_LIMITS) }),
    }
  }
}
