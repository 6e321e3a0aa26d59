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

export type ApplicationPasswords = ReturnType<typeof createApplicationPasswords>

/** A host's mistake, not the caller's: what the column and the REST addresses cannot hold. */
function checkUserId({ id }: User): void {
  if (!/^[\w-]{1,64}$/.test(String(id)))
    throw new TypeError(`a user id has 1 to 64 letters, digits, _ and -; given: ${id}`)
}

/** Issue, read, rename and revoke. Whether the caller may is decided before. */
export function createApplicationPasswords(
  rows: ApplicationPasswordRows,
  lastUse: LastUse,
  scheme: HashScheme,
  hooks: Hooks,
) {
  /** @throws ConnectError `rest_application_password_not_found` */
  async function get(user: User, uuid: string): Promise<ApplicationPassword> {
    // What is no UUID is no row's, and PostgreSQL would refuse a NUL in it.
    const found = isUuid(uuid) ? await rows.find(String(user.id), uuid) : undefined
    if (!found) throw new ConnectError('rest_application_password_not_found')
    return lastUse.withLastUse(found)
  }

  return {
    get,

    /**
     * @param name as it was sent; tags and the like are taken out.
     * @param appId UUID of the application, or ''.
     * @throws ConnectError `application_password_empty_name`, `application_password_name_too_long`
     */
    async create(user: User, name: string, appId = ''): Promise<Created> {
      checkUserId(user)
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

    /** Oldest first. */
    async list(user: User): Promise<ApplicationPassword[]> {
      return (await rows.list(String(user.id))).map(lastUse.withLastUse)
    },

    /** @throws ConnectError as `create`, and `rest_application_password_not_found` */
    async rename(user: User, uuid: string, name: string): Promise<ApplicationPassword> {
      const renamed = applicationPasswordName(name)
      if (isUuid(uuid)) await rows.rename(String(user.id), uuid, renamed)
      const applicationPassword = await get(user, uuid)
      hooks.emit('application-password-updated', { user, applicationPassword })
      return applicationPassword
    },

    /** @throws ConnectError `rest_application_password_not_found` */
    async revoke(user: User, uuid: string): Promise<ApplicationPassword> {
      const applicationPassword = await get(user, uuid)
      if (!(await rows.delete(String(user.id), uuid))) throw new ConnectError('rest_application_password_not_found')
      hooks.emit('application-password-revoked', { user, applicationPassword })
      return applicationPassword
    },

    /** @returns how many there were. */
    async revokeAll(user: User): Promise<number> {
      const revoked = await rows.deleteAll(String(user.id))
      for (const applicationPassword of revoked)
        hooks.emit('application-password-revoked', { user, applicationPassword })
      return revoked.length
    },

    /** Notes a use by hand, as `wp user application-password record-usage` does. */
    async recordUsage(user: User, uuid: string, ip: string | null): Promise<void> {
      await get(user, uuid)
      await rows.recordUses([{ uuid, at: Math.floor(Date.now() / 1000), ip }])
    },
  }
}
