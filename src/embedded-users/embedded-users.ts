import { deriveKey } from '../crypto/keys.ts'
import { rootPathOf } from '../http/root-path.ts'
import { PAGE_PATHS } from '../pages/paths.ts'
import { LOGIN_LIMITS } from '../throttle/throttle.ts'
import type { Users } from '../users/user.ts'
import { createUserChanges } from '../users/user-changes.ts'
import type { UsersContext } from '../users/users-context.ts'
import { type Accounts, createAccounts } from './accounts.ts'
import type { EmbeddedUsersInternals } from './internals.ts'
import { createUserJoin } from './join.ts'
import { createKnownBrowsers } from './known-browsers.ts'
import { createLogin } from './login.ts'
import { loginPage } from './login-page.ts'
import { createUserRows } from './rows.ts'
import { createSessionCookie } from './session-cookie.ts'
import { createSessions } from './sessions.ts'
import { createUserList } from './user-list.ts'

/** `connect.users` of a site with `embeddedUsers()`. */
export interface EmbeddedUsers extends EmbeddedUsersInternals {
  /** Creates, finds, changes and deletes users. */
  accounts: Accounts
}

/**
 * Provides users for a site that has none: a table, account passwords hashed with argon2id, roles, sessions and
 * `/wp-login.php`.
 *
 * @returns a value for the option `users` of `createConnect()`
 * @example
 * const connect = await createConnect({ knex, site, secret, users: embeddedUsers() })
 * await connect.migrate()
 * await connect.users.accounts.create('sam', password, { email: 'sam@example.com', role: 'author' })
 */
export function embeddedUsers(): (parts: UsersContext) => EmbeddedUsers {
  return ({ site, secret, database, cookies, throttle, lifecycle, users }) => {
    const rows = createUserRows(database)
    const sessions = createSessions(database)
    const accounts = createAccounts({ database, rows, changes: createUserChanges(database), lifecycle })
    lifecycle.register({ endsWithPassword: true, end: sessions.endAll })
    const asHostHasThem: Pick<Users, 'find' | 'findByLogin'> = {
      find: id => users().find(id),
      findByLogin: loginOrEmail => users().findByLogin(loginOrEmail),
    }
    const sessionCookie = createSessionCookie(sessions, asHostHasThem, cookies)
    const root = rootPathOf(site.url)
    return {
      accounts,
      join: createUserJoin(database, rows),
      current: sessionCookie.user,
      authenticatedAt: sessionCookie.loggedIn,
      find: rows.find,
      findByLogin: rows.findByLogin,
      list: createUserList(database),
      loginUrl: returnTo => `${root}${PAGE_PATHS.login}?redirect_to=${encodeURIComponent(returnTo)}&reauth=1`,
      logoutUrlWith: token => `${root}${PAGE_PATHS.login}?action=logout&_wpnonce=${token}`,
      pages: (kit, appNameAt) =>
        loginPage(kit, {
          accountLogin: createLogin(database, rows, sessions, asHostHasThem),
          sessionCookie,
          knownBrowsers: createKnownBrowsers(deriveKey(secret, 'known-browsers'), cookies),
          throttle: throttle('log-in', LOGIN_LIMITS),
          throttleOfKnown: throttle('log-in of known', LOGIN_LIMITS),
          appNameAt,
        }),
    }
  }
}
