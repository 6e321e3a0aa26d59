import { randomUUID } from 'node:crypto'
import { isUniqueViolation } from '../database/dialect.ts'
import { ConnectError } from '../errors.ts'
import { checkUserId } from '../users/user.ts'
import type { UserChanges } from '../users/user-changes.ts'
import { nowInSeconds } from '../values/unix-seconds.ts'
import { isUuid } from '../values/uuid.ts'
import type { ApplicationPassword } from './application-password.ts'
import type { ApplicationPasswords, CreatedApplicationPassword } from './application-passwords-types.ts'
import type { ApplicationPasswordHooks } from './events.ts'
import type { HashScheme } from './hash.ts'
import { applicationPasswordName } from './name.ts'
import { generatePassword } from './password.ts'
import type { ApplicationPasswordRows } from './rows.ts'

/**
 * Maximum number of application passwords per user. WordPress has no limit; this one keeps a user from filling the table.
 */
export const MAX_APPLICATION_PASSWORDS = 1000

/**
 * Like `create()`, with a UUID chosen by the caller.
 *
 * @throws ConnectError `application_password_exists` if the UUID is taken
 */
export type CreateWithUuid = (
  ...args: [...Parameters<ApplicationPasswords['create']>, uuid?: string]
) => Promise<CreatedApplicationPassword>

interface CreateParts {
  rows: ApplicationPasswordRows
  changes: UserChanges
  scheme: HashScheme
  hooks: ApplicationPasswordHooks
}

export function passwordCreator({ rows, changes, scheme, hooks }: CreateParts): CreateWithUuid {
  return async (user, name, appId = '', isStillAllowed = () => true, uuid = randomUUID()) => {
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
}
