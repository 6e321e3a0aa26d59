import { randomUUID } from 'node:crypto'
import { ConnectError } from '../errors.ts'
import type { Hooks } from '../hooks.ts'
import type { User } from '../users/user.ts'
import { isUuid } from '../uuid.ts'
import type { HashScheme } from './hash.ts'
import type { LastUse } from './last-use.ts'
import { applicationPasswordName } from './name.ts'
import { generatePassword } from './password.ts'
import type { ApplicationPassword, ApplicationPasswordRows } from './rows.ts'

export interface Created {
  applicationPassword: ApplicationPassword
  /** The secret itself, 24 letters and digits. Show it once; it cannot be read back. */
  password: string
}

/** Issue, read, rename and revoke: `connect.applicationPasswords`. Whether the caller may is decided before. */
export interface ApplicationPasswords {
  /** @throws ConnectError `rest_application_password_not_found` */
  get(user: User, uuid: string): Promise<ApplicationPassword>
  /** Oldest first. */
  list(user: User): Promise<ApplicationPassword[]>
  /**
   * @param name as it was sent: 200 characters at most; tags and the like are taken out
   * @param appId UUID of the application in lower case, or ''
   * @throws ConnectError `application_password_empty_name`, `application_password_name_too_long`, `invalid_app_id`
   * @example
   * const { password } = await connect.applicationPasswords.create(user, 'Zapier')
   */
  create(user: User, name: string, appId?: string): Promise<Created>
  /** @throws ConnectError as `create()`, and `rest_application_password_not_found` */
  rename(user: User, uuid: string, name: string): Promise<ApplicationPassword>
  /** From the next request on it is refused. @throws ConnectError `rest_application_password_not_found` */
  revoke(user: User, uuid: string): Promise<ApplicationPassword>
  /** @returns how many there were. */
  revokeAll(user: User): Promise<number>
  /** Notes a use by hand, as `wp user application-password record-usage` does. */
  recordUsage(user: User, uuid: string, ip: string | null): Promise<void>
}

/** A host's mistake, not the caller's: what the column and the REST addresses cannot hold. */
function checkUserId({ id }: User): void {
  if (!/^[\w-]{1,64}$/.test(String(id)))
    throw new TypeError(`a user id has 1 to 64 letters, digits, _ and -; given: ${id}`)
}

export function createApplicationPasswords(
  rows: ApplicationPasswordRows,
  lastUse: LastUse,
  scheme: HashScheme,
  hooks: Hooks,
): ApplicationPasswords {
  async function get(user: User, uuid: string): Promise<ApplicationPassword> {
    // What is no UUID is no row's, and PostgreSQL would refuse a NUL in it.
    const found = isUuid(uuid) ? await rows.find(String(user.id), uuid) : undefined
    if (!found) throw new ConnectError('rest_application_password_not_found')
    return lastUse.withLastUse(found)
  }

  return {
    get,

    async create(user, name, appId = '') {
      checkUserId(user)
      if (appId !== '' && !isUuid(appId)) throw new ConnectError('invalid_app_id')
      const password = generatePassword()
      const applicationPassword: ApplicationPassword = {
        uuid: randomUUID(),
        userId: String(user.id),
        appId,
        name: applicationPasswordName(name),
        created: Math.floor(Date.now() / 1000),
        lastUsed: null,
        lastIp: null,
      }
      const stored = { lookup: scheme.lookup(password), hash: await scheme.hash(password) }
      await rows.insert({ ...applicationPassword, ...stored })
      hooks.emit('application-password-created', { user, applicationPassword })
      return { applicationPassword, password }
    },

    async list(user) {
      return (await rows.list(String(user.id))).map(lastUse.withLastUse)
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
      const revoked = await rows.deleteAll(String(user.id))
      for (const applicationPassword of revoked)
        hooks.emit('application-password-revoked', { user, applicationPassword })
      return revoked.length
    },

    async recordUsage(user, uuid, ip) {
      await get(user, uuid)
      await rows.recordUses([{ uuid, at: Math.floor(Date.now() / 1000), ip }])
    },
  }
}
