import type { Knex } from 'knex'
import type { Database } from '../database/database.ts'
import type { LastUse } from '../database/last-use.ts'
import { ConnectError } from '../errors.ts'
import { clientAddress } from '../http/address.ts'
import { checkUserId, type User } from '../users/user.ts'
import type { UserChanges } from '../users/user-changes.ts'
import { nowInSeconds } from '../values/unix-seconds.ts'
import { isUuid } from '../values/uuid.ts'
import type { ApplicationPassword } from './application-password.ts'
import type { ApplicationPasswords } from './application-passwords-types.ts'
import type { CreateWithUuid } from './create.ts'
import type { ApplicationPasswordHooks } from './events.ts'
import { importApplicationPasswords } from './imports.ts'
import { applicationPasswordName } from './name.ts'
import type { ApplicationPasswordRows } from './rows.ts'

interface ApplicationPasswordsParts {
  database: Database
  rows: ApplicationPasswordRows
  changes: UserChanges
  lastUse: LastUse
  createWithUuid: CreateWithUuid
  hooks: ApplicationPasswordHooks
}

export function createApplicationPasswords({
  database,
  rows,
  changes,
  lastUse,
  createWithUuid,
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
    /**
     * `revokeAll()` as part of a transaction.
     *
     * @returns a function that emits the events; call it after the commit
     */
    endAllOn: async (user: User, on: Knex): Promise<() => void> => (await endAll(user, on)).tell,
  }
}
