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
import type { ApplicationPassword, ApplicationPasswordRows } from './rows.ts'

/** A new application password. */
export interface CreatedApplicationPassword {
  applicationPassword: ApplicationPassword
  /** The secret itself, 24 letters and digits. Show it once; it cannot be read back. */
  password: string
}

/** Application passwords of one user. WordPress has no limit; ours keeps one user from filling the table. */
export const MAX_APPLICATION_PASSWORDS = 1000

/** Issue, read, rename and revoke: `connect.applicationPasswords`. Whether the caller may is decided before. */
export interface ApplicationPasswords {
  /** @throws ConnectError `rest_application_password_not_found` */
  get(user: User, uuid: string): Promise<ApplicationPassword>
  /** Oldest first. */
  list(user: User): Promise<ApplicationPassword[]>
  /**
   * @param name as it was sent: 200 characters at most; tags and the like are taken out
   * @param appId UUID of the application in lower case, or ''
   * @param isStillAllowed asked once the row is written. If it is false, such as for a person who has been logged out
   * meanwhile, the row is deleted, and nobody gets the password
   * @throws ConnectError `application_password_empty_name`, `application_password_name_too_long`, `invalid_app_id`,
   * `too_many_application_passwords`; `account_changed` if the account's password changed or all were revoked meanwhile;
   * `rest_not_logged_in` if `isStillAllowed` says no
   * @example
   * const { password } = await connect.applicationPasswords.create(user, 'Zapier')
   */
  create(
    user: User,
    name: string,
    appId?: string,
    isStillAllowed?: () => boolean | Promise<boolean>,
  ): Promise<CreatedApplicationPassword>
  /** @throws ConnectError as `create()`, and `rest_application_password_not_found` */
  rename(user: User, uuid: string, name: string): Promise<ApplicationPassword>
  /** From the next request on it is refused. @throws ConnectError `rest_application_password_not_found` */
  revoke(user: User, uuid: string): Promise<ApplicationPassword>
  /** @returns how many there were. */
  revokeAll(user: User): Promise<number>
  /**
   * Notes a use by hand, as `wp user application-password record-usage` does.
   *
   * @param ip as text, or null for none, as is what is no address
   * @throws ConnectError `rest_application_password_not_found`
   */
  recordUsage(user: User, uuid: string, ip: string | null): Promise<void>
  /**
   * Takes application passwords that another site, such as a WordPress, made for this user: they go on working, with their
   * UUIDs, names and times. Those that are there already are left as they are, so another run changes nothing; one that was
   * revoked here after an import stays revoked. No event is sent. `readWordPress()` of `koa-wp-connect/transfer` reads them.
   *
   * @param user `null`, with `dryRun`, for a user who is not there yet
   * @example
   * for await (const person of readWordPress({ knex: wordpress })) {
   *   const user = await userFor(person) // the host's own, found or made
   *   const { refused } = await connect.applicationPasswords.import(user, person.applicationPasswords)
   *   for (const { name, reason } of refused) console.warn(`${person.login}: ${name}: ${reason}`)
   * }
   */
  import(
    user: User | null,
    applicationPasswords: readonly PortableApplicationPassword[],
    options?: ImportOptions,
  ): Promise<ApplicationPasswordImport>
  /** With their hashes, oldest first, for another site's `import()` or a WordPress. The passwords themselves are nowhere. */
  export(user: User): Promise<PortableApplicationPassword[]>
}

/** As `create()`, with a UUID chosen before. @throws ConnectError `application_password_exists` if one has it already */
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
    // What is no UUID is no row's, and PostgreSQL would refuse a NUL in it.
    const found = isUuid(uuid) ? await rows.find(String(user.id), uuid) : undefined
    if (!found) throw new ConnectError('rest_application_password_not_found')
    return lastUse.withLastUse(uuid, found)
  }

  /** @returns how many there were, and what tells of it */
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

  /** @param uuid of the new one; random if it is missing */
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
    // The caller was believed before the making began.
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
      else if (!options?.dryRun) throw new TypeError('import() of nobody is for a dry run only')
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
    /** `revokeAll()` as part of a transaction. @returns what tells of it */
    endAllOn: async (user: User, on: Knex): Promise<() => void> => (await endAll(user, on)).tell,
  }
}
