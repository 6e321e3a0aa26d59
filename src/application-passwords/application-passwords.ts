import { randomUUID } from 'node:crypto'
import type { Knex } from 'knex'
import type { Database } from '../database/database.ts'
import { isUniqueViolation } from '../database/dialect.ts'
import type { LastUse } from '../database/last-use.ts'
import { ConnectError } from '../errors.ts'
import { clientAddress } from '../http/address.ts'
import type { UserChanges } from '../users/changes.ts'
import { checkUserId, type User } from '../users/user.ts'
import { nowInSeconds } from '../values/unix-seconds.ts'
import { isUuid } from '../values/uuid.ts'
import type { ApplicationPassword } from './application-password.ts'
import type { ApplicationPasswordHooks } from './events.ts'
import type { HashScheme } from './hash.ts'
import {
  type ApplicationPasswordImport,
  type ImportOptions,
  importApplicationPasswords,
  type PortableApplicationPassword,
} from './imports.ts'
import { applicationPasswordName } from './name.ts'
import { generatePassword } from './password.ts'
import type { ApplicationPasswordRows } from './rows.ts'

/** A new application password with its secret. */
export interface CreatedApplicationPassword {
  applicationPassword: ApplicationPassword
  /** The secret itself, 24 letters and digits. Show it once; it cannot be read back. */
  password: string
}

/**
 * Maximum number of application passwords per user. WordPress has no limit; this one keeps a user from filling the table.
 */
export const MAX_APPLICATION_PASSWORDS = 1000

/**
 * Creates, reads, renames and revokes application passwords: `connect.applicationPasswords`. These methods check no
 * permissions; decide first whether the caller may.
 */
export interface ApplicationPasswords {
  /**
   * Returns one application password of the user.
   *
   * @throws ConnectError `rest_application_password_not_found`
   */
  get(user: User, uuid: string): Promise<ApplicationPassword>
  /** Returns all application passwords of the user, oldest first. */
  list(user: User): Promise<ApplicationPassword[]>
  /**
   * Creates an application password.
   *
   * @param name 200 characters at most; tags and control characters are removed
   * @param appId UUID of the application in lower case, or '' for none
   * @param isStillAllowed called after the row is written. If it returns false, for example because the person has logged
   * out meanwhile, the row is deleted and the password is not returned
   * @throws ConnectError `application_password_empty_name`, `application_password_name_too_long`, `invalid_app_id`,
   * `too_many_application_passwords`; `account_changed` if meanwhile the account's password changed or all application
   * passwords were revoked; `rest_not_logged_in` if `isStillAllowed` returns false
   * @example
   * const { password } = await connect.applicationPasswords.create(user, 'Zapier')
   */
  create(
    user: User,
    name: string,
    appId?: string,
    isStillAllowed?: () => boolean | Promise<boolean>,
  ): Promise<CreatedApplicationPassword>
  /**
   * Renames an application password, and returns it.
   *
   * @throws ConnectError `application_password_empty_name`, `application_password_name_too_long`,
   * `rest_application_password_not_found`
   */
  rename(user: User, uuid: string, name: string): Promise<ApplicationPassword>
  /**
   * Revokes an application password, and returns it. The very next request with it is refused.
   *
   * @throws ConnectError `rest_application_password_not_found`
   */
  revoke(user: User, uuid: string): Promise<ApplicationPassword>
  /**
   * Revokes all application passwords of the user.
   *
   * @returns how many were revoked
   */
  revokeAll(user: User): Promise<number>
  /**
   * Records a use by hand, as `wp user application-password record-usage` does.
   *
   * @param ip the address as text, or null for none; text that is not an IP address counts as null
   * @throws ConnectError `rest_application_password_not_found`
   */
  recordUsage(user: User, uuid: string, ip: string | null): Promise<void>
  /**
   * Imports application passwords that another site, such as a WordPress, created for this user. They go on working, with
   * the same UUIDs, names and times. Existing ones are left unchanged, so you can run the import again; one that was
   * revoked here after an import stays revoked. No events are emitted. `readWordPress()` of `koa-wp-connect/transfer` reads
   * them.
   *
   * @param user with `dryRun`, `null` for a user who does not exist yet
   * @example
   * for await (const person of readWordPress({ knex: wordpress })) {
   *   const user = await userFor(person) // your own user, found or created
   *   const { refused } = await connect.applicationPasswords.import(user, person.applicationPasswords)
   *   for (const { name, reason } of refused) console.warn(`${person.login}: ${name}: ${reason}`)
   * }
   */
  import(
    user: User | null,
    applicationPasswords: readonly PortableApplicationPassword[],
    options?: ImportOptions,
  ): Promise<ApplicationPasswordImport>
  /**
   * Exports a user's application passwords with their hashes, oldest first, for another site's `import()` or a WordPress.
   * The passwords themselves are stored nowhere.
   */
  export(user: User): Promise<PortableApplicationPassword[]>
}

/**
 * Like `create()`, with a UUID chosen by the caller.
 *
 * @throws ConnectError `application_password_exists` if the UUID is taken
 */
export type CreateWithUuid = (
  ...args: [...Parameters<ApplicationPasswords['create']>, uuid?: string]
) => Promise<CreatedApplicationPassword>

interface ApplicationPasswordsParts {
  database: Database
  rows: ApplicationPasswordRows
  changes: UserChanges
  lastUse: LastUse
  scheme: HashScheme
  hooks: ApplicationPasswordHooks
}

export function createApplicationPasswords({
  database,
  rows,
  changes,
  lastUse,
  scheme,
  hooks,
}: ApplicationPasswordsParts) {
  async function get(user: User, uuid: string): Promise<ApplicationPassword> {
    // Text that is not a UUID matches no row, and PostgreSQL rejects a NUL.
    const found = isUuid(uuid) ? await rows.find(String(user.id), uuid) : undefined
    if (!found) throw new ConnectError('rest_application_password_not_found')
    return lastUse.withLastUse(uuid, found)
  }

  /** @returns the number of deleted rows, and a function that emits the events */
  async function endAll(user: User, on: Knex): Promise<{ count: number; tell(): void }> {
    const revoked = await rows.deleteAll(String(user.id), on)
    return {
      count: revoked.length,
      tell() {
        for (const applicationPassword of revoked)
          hooks.emit('application-password-revoked', { user, applicationPassword })
      },
    }
  }

  /** @param uuid of the new application password; random if missing */
  const createWithUuid: CreateWithUuid = async (
    user,
    name,
    appId = '',
    isStillAllowed = () => true,
    uuid = randomUUID(),
  ) => {
    const userId = checkUserId(user.id)
    if (appId !== '' && !isUuid(appId)) throw new ConnectError('invalid_app_id')
    const password = generatePassword()
    const applicationPassword: ApplicationPassword = {
      uuid,
      userId,
      appId,
      name: applicationPasswordName(name),
      created: nowInSeconds(),
      lastUsed: null,
      lastIp: null,
    }
    const making = await changes.begin(userId)
    const stored = { ...applicationPassword, lookup: scheme.lookup(password), hash: await scheme.hash(password) }
    const writing = making.write(async on => {
      if ((await rows.count(userId, on)) >= MAX_APPLICATION_PASSWORDS) {
        throw new ConnectError('too_many_application_passwords')
      }
      await rows.insert(stored, on)
    })
    await writing.catch(error => {
      throw isUniqueViolation(error) ? new ConnectError('application_password_exists') : error
    })
    // The check of the caller happened before the slow work began.
    if (!(await isStillAllowed())) {
      await rows.delete(userId, applicationPassword.uuid)
      throw new ConnectError('rest_not_logged_in')
    }
    hooks.emit('application-password-created', { user, applicationPassword })
    return { applicationPassword, password }
  }

  const api: ApplicationPasswords = {
    get,

    create: (user, name, appId, isStillAllowed) => createWithUuid(user, name, appId, isStillAllowed),

    async list(user) {
      return (await rows.list(String(user.id))).map(item => lastUse.withLastUse(item.uuid, item))
    },

    async rename(user, uuid, name) {
      const renamed = applicationPasswordName(name)
      if (isUuid(uuid)) await rows.rename(String(user.id), uuid, renamed)
      const applicationPassword = await get(user, uuid)
      hooks.emit('application-password-updated', { user, applicationPassword })
      return applicationPassword
    },

    async revoke(user, uuid) {
      const applicationPassword = await get(user, uuid)
      if (!(await rows.delete(String(user.id), uuid))) throw new ConnectError('rest_application_password_not_found')
      hooks.emit('application-password-revoked', { user, applicationPassword })
      return applicationPassword
    },

    async revokeAll(user) {
      const { count, tell } = await database.transaction(async on => {
        await changes.note(String(user.id), on)
        return endAll(user, on)
      })
      tell()
      return count
    },

    async recordUsage(user, uuid, ip) {
      await get(user, uuid)
      await rows.recordUses([{ id: uuid, at: nowInSeconds(), ip: clientAddress(ip ?? '') }])
    },

    async import(user, applicationPasswords, options) {
      if (user) checkUserId(user.id)
      else if (!options?.dryRun) throw new TypeError('import() without a user is only allowed with dryRun')
      return importApplicationPasswords(rows, changes, user && String(user.id), applicationPasswords, options)
    },

    async export(user) {
      const all = await rows.listStored(String(user.id))
      return all.map(({ userId: _userId, lookup: _lookup, ...portable }) =>
        lastUse.withLastUse(portable.uuid, portable),
      )
    },
  }
  return {
    api,
    createWithUuid,
    /**
     * `revokeAll()` as part of a transaction.
     *
     * @returns a function that emits the events; call it after the commit
     */
    endAllOn: async (user: User, on: Knex): Promise<() => void> => (await endAll(user, on)).tell,
  }
}
