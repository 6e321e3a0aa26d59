import type { Context } from 'koa'
import { deriveKey } from '../crypto/keys.ts'
import type { Database } from '../database/database.ts'
import { createLastUse } from '../database/last-use.ts'
import type { PageKit } from '../pages/kit.ts'
import { PAGE_PATHS } from '../pages/paths.ts'
import type { Environment, Site } from '../site.ts'
import { API_LIMITS, type CreateThrottle } from '../throttle/throttle.ts'
import type { UserLifecycle } from '../users/lifecycle.ts'
import type { Users } from '../users/user.ts'
import type { UserChanges } from '../users/user-changes.ts'
import type { UserJoin } from '../users/user-join.ts'
import { createApplicationPasswords } from './application-passwords.ts'
import { createAvailability } from './availability.ts'
import { basicWay } from './basic-way.ts'
import { passwordCreator } from './create.ts'
import { systemClock } from './equalize-timing.ts'
import type { ApplicationPasswordHooks } from './events.ts'
import { argon2id, generic } from './hash.ts'
import type { CheckedApplicationPasswords } from './options.ts'
import { authorizePage } from './pages/authorize-page.ts'
import { applicationPasswordsSection } from './pages/profile-section.ts'
import { createPermission } from './permission.ts'
import { applicationPasswordRoutes } from './rest.ts'
import { createApplicationPasswordRows } from './rows.ts'
import { createVerifier } from './verify.ts'

interface ApplicationPasswordsParts {
  options: CheckedApplicationPasswords
  site: Site
  environment: Environment
  secret: string
  /** The option `revokeOnPasswordChange`. */
  endsWithPassword: boolean
  users: Users
  userJoin: UserJoin | null
  hooks: ApplicationPasswordHooks
  database: Database
  changes: UserChanges
  lifecycle: UserLifecycle
  throttle: CreateThrottle
  kit: PageKit
}

/** Builds application passwords for one site: their middleware and the functions that the host calls. */
export function buildApplicationPasswords(parts: ApplicationPasswordsParts) {
  const { options, site, environment, users, userJoin, hooks, database, changes, kit } = parts

  const rows = createApplicationPasswordRows(database, userJoin)
  const lastUse = createLastUse(rows.recordUses, hooks.report)
  const scheme = options.hash === 'argon2id' ? argon2id(deriveKey(parts.secret, 'lookup')) : generic
  const createWithUuid = passwordCreator({ rows, changes, scheme, hooks })
  const { api: passwords, endAllOn } = createApplicationPasswords({
    database,
    rows,
    changes,
    lastUse,
    createWithUuid,
    hooks,
  })
  parts.lifecycle.register({ endsWithPassword: parts.endsWithPassword, end: endAllOn })
  const availability = createAvailability(environment, hooks)
  const permission = createPermission(users, availability, options)
  const throttle = parts.throttle('api', API_LIMITS)
  const verify = createVerifier({
    rows,
    lastUse,
    scheme,
    users,
    userJoin,
    availability,
    throttle,
    hooks,
    clock: systemClock,
  })

  return {
    api: passwords,
    availability,
    verify,
    way: basicWay(verify, availability),
    section: applicationPasswordsSection({ kit, users, passwords, createWithUuid, permission, availability }),
    authorizePage: authorizePage(kit, createWithUuid, permission, availability, environment),
    restRoutes: applicationPasswordRoutes({ site, users, passwords, permission, availability }),
    /** Returns the part of the REST index about application passwords. Empty over plain http. */
    async signInMethods(ctx: Context): Promise<object> {
      if (await availability.unavailableReason(ctx.secure)) return {}
      const authorization = site.url + PAGE_PATHS.authorizeApplication
      return { 'application-passwords': { endpoints: { authorization } } }
    },
    close: lastUse.flush,
  }
}
