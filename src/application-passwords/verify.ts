import { ConnectError } from '../errors.ts'
import type { Hooks } from '../hooks.ts'
import type { User, Users } from '../users/user.ts'
import { verifyHash } from '../wordpress/verify-hash.ts'
import type { HashScheme } from './hash.ts'
import type { LastUse } from './last-use.ts'
import { normalisePassword } from './password.ts'
import type { ApplicationPassword, ApplicationPasswordRows } from './rows.ts'

export interface Match {
  user: User
  applicationPassword: ApplicationPassword
}

export type VerifyApplicationPassword = ReturnType<typeof createVerifier>

/**
 * Who an application password belongs to.
 *
 * Credential and user are always looked up at the same time, so that an unknown user and a wrong password take as long.
 */
export function createVerifier(
  rows: ApplicationPasswordRows,
  lastUse: LastUse,
  scheme: HashScheme,
  users: Users,
  hooks: Hooks,
) {
  /**
   * Among the rows that are imported, or made under another `hash` option: slow to check, and only until their first
   * use. Asked for an unknown user too, whom no row belongs to, so that the time does not tell.
   */
  async function findOtherForm(user: User | null, password: string, lookup: string) {
    for (const other of await rows.listOtherForms(String(user?.id ?? ''), scheme.form)) {
      if (!(await verifyHash(password, other.hash))) continue
      await rows.changeForm(other.uuid, other.hash, { lookup, hash: await scheme.hash(password) })
      return other
    }
    return undefined
  }

  /**
   * @param login user name or e-mail address, in any letter case
   * @param typed the password; anything but letters and digits is ignored
   * @param ip where the request came from, for "last used"
   * @throws ConnectError `incorrect_password`, whatever was wrong; `application_passwords_disabled_for_user`
   */
  return async function verify(login: string, typed: string, ip: string | null): Promise<Match> {
    const password = normalisePassword(typed)
    const lookup = scheme.lookup(password)
    const [user, found] = await Promise.all([users.findByLogin(login), rows.findByLookup(lookup)])
    const stored = found ?? (await findOtherForm(user, password, lookup))
    if (!user || stored?.userId !== String(user.id)) throw new ConnectError('incorrect_password')
    if (stored === found && !(await scheme.verify(password, lookup, stored.hash)))
      throw new ConnectError('incorrect_password')

    const { lookup: _lookup, hash: _hash, ...applicationPassword } = stored
    if (!(await hooks.apply('application-passwords-available-for-user', true, { user }))) {
      throw new ConnectError('application_passwords_disabled_for_user', { status: 401 })
    }
    if (!(await hooks.apply('application-password-match', true, { user, applicationPassword, ip }))) {
      throw new ConnectError('incorrect_password')
    }
    const at = Math.floor(Date.now() / 1000)
    lastUse.record({ uuid: stored.uuid, at, ip })
    hooks.emit('application-password-used', { user, applicationPassword, ip })
    return { user, applicationPassword }
  }
}
