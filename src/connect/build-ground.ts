import { deriveKey } from '../crypto/keys.ts'
import { createDatabase } from '../database/database.ts'
import { createMigrator } from '../database/migrator.ts'
import { asEmbedded, joinOf } from '../embedded-users/internals.ts'
import { createCookies } from '../http/cookies.ts'
import { createCounterStore, type SiteCounterStore } from '../throttle/site-counter-store.ts'
import { type CreateThrottle, createThrottle } from '../throttle/throttle.ts'
import { createUnknownAddresses } from '../throttle/unknown-address.ts'
import { checkedUsers } from '../users/checked-users.ts'
import { createUserLifecycle } from '../users/lifecycle.ts'
import type { Users } from '../users/user.ts'
import { createUserChanges } from '../users/user-changes.ts'
import { buildContent } from './build-content.ts'
import { buildUsers } from './build-users.ts'
import { chooseMigrations } from './choose-migrations.ts'
import { createSiteHooks } from './events.ts'
import type { CheckedOptions, ConnectOptions } from './options.ts'

/**
 * Builds what all features use: hooks, the database with its migrations, cookies, counters and users.
 *
 * @param usersOption the option `users`, whose type the checked options do not keep
 */
export function buildGround<U extends Users>(options: CheckedOptions, usersOption: ConnectOptions<U>['users']) {
  const { site, secret } = options
  const hooks = createSiteHooks()
  const database = createDatabase(options.knex, options.tablePrefix)
  const cookies = createCookies(site.url)
  const counts: SiteCounterStore = createCounterStore(
    options.throttle,
    database,
    deriveKey(secret, 'throttle'),
    hooks.report,
  )
  const unknownAddresses = createUnknownAddresses(hooks.report)
  const throttle: CreateThrottle = (name, limits) => createThrottle(name, limits, counts, unknownAddresses.note)
  const changes = createUserChanges(database)
  const lifecycle = createUserLifecycle(database, changes)
  const givenUsers = buildUsers(usersOption, { site, secret, database, cookies, throttle, lifecycle })
  const userJoin = joinOf(givenUsers)
  const users = checkedUsers(givenUsers, userJoin !== null)
  const embedded = asEmbedded(users)
  const content = buildContent(options.content, { site, database })
  const migrations = chooseMigrations({
    embeddedUsers: embedded !== null,
    oauth: options.oauth !== undefined,
    content: content !== null,
    embeddedContent: content !== null && 'isEmbedded' in content,
    throttle: options.throttle === 'database',
  })
  return {
    hooks,
    database,
    /** Null without the option `content`. */
    content,
    migrator: createMigrator(database, migrations),
    cookies,
    counts,
    throttle,
    hasUnknownCallers: unknownAddresses.wereSeen,
    changes,
    lifecycle,
    /** The users as the option gives them, without the checks of {@link checkedUsers}. */
    givenUsers,
    users,
    /** Null for a host's own users, which only `users` can find. */
    userJoin,
    /** Null for a host's own users. */
    embedded,
  }
}
