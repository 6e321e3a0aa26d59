import type { CheckedOptions } from '../connect/options.ts'
import { deriveKey } from '../crypto/keys.ts'
import type { Database } from '../database/database.ts'
import { createLastUse } from '../database/last-use.ts'
import type { CheckConnection } from '../doctor/check-connection.ts'
import type { Hooks } from '../hooks/hooks.ts'
import type { PageKit } from '../pages/kit.ts'
import { profilePage } from '../profile/profile-page.ts'
import { API_LIMITS, type CreateThrottle } from '../throttle/throttle.ts'
import type { UserChanges } from '../users/changes.ts'
import type { UserLifecycle } from '../users/lifecycle.ts'
import type { Users } from '../users/user.ts'
import type { UserJoin } from '../users/user-join.ts'
import { createApplicationPasswords } from './application-passwords.ts'
import { createAvailability } from './availability.ts'
import { argon2id, generic } from './hash.ts'
import { authorizePage } from './pages/authorize-page.ts'
import { createProfileSection } from './pages/profile-section.ts'
import { createPermission } from './permission.ts'
import { applicationPasswordRoutes } from './rest.ts'
import { createApplicationPasswordRows } from './rows.ts'
import { createVerifier } from './verify.ts'

interface Needs {
  options: CheckedOptions
  users: Users
  userJoin: UserJoin | null
  hooks: Hooks
  database: Database
  changes: UserChanges
  lifecycle: UserLifecycle
  throttle: CreateThrottle
  kit: PageKit
  checkConnection: CheckConnection
}

/** Builds what a site has of application passwords: what a request meets, and what the host calls. */
export function connectApplicationPasswords(needs: Needs) {
  const { options, users, userJoin, hooks, database, changes, lifecycle, throttle, kit, checkConnection } = needs
  const { site, secret, environment } = options

  // Rows and rules.
  const rows = createApplicationPasswordRows(database, userJoin)
  const lastUse = createLastUse(rows.recordUses, hooks.report)
  const scheme = options.applicationPasswords.hash === 'argon2id' ? argon2id(deriveKey(secret, 'lookup')) : generic
  const {
    api: passwords,
    createWithUuid,
    endAllOn,
  } = createApplicationPasswords({ database, rows, changes, lastUse, scheme, hooks })
  lifecycle.keep({ endsWithPassword: options.revokeOnPasswordChange, end: endAllOn })
  const availability = createAvailability(environment, hooks)
  const permission = createPermission(users, availability, options.applicationPasswords)

  // Pages.
  const section = createProfileSection({ kit, users, passwords, availability })
  const appsPath = options.oauth?.appsPath ?? null
  const profile = profilePage({
    kit,
    users,
    passwords,
    createWithUuid,
    permission,
    availability,
    checkConnection,
    section,
    appsPath,
  })

  return {
    api: passwords,
    availability,
    pages: {
      profile,
      authorizeApplication: authorizePage(kit, createWithUuid, permission, availability, environment),
    },
    renderProfileSection: section.render,
    restRoutes: applicationPasswordRoutes({ site, users, passwords, permission, availability }),
    verify: createVerifier({
      rows,
      lastUse,
      scheme,
      users,
      userJoin,
      availability,
      throttle: throttle('api', API_LIMITS),
      hooks,
    }),
    close: lastUse.flush,
  }
}
