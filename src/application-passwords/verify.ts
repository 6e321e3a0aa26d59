import type { ApplicationPasswordAuth } from '../authentication/auth.ts'
import type { Throttle } from '../authentication/throttle.ts'
import { ConnectError } from '../errors.ts'
import { verifyHash } from '../hashes/verify-hash.ts'
import type { Hooks } from '../hooks.ts'
import type { User, Users } from '../users/user.ts'
import type { Availability } from './availability.ts'
import type { HashScheme } from './hash.ts'
import type { LastUse } from './last-use.ts'
import { normalisePassword } from './password.ts'
import type { ApplicationPasswordRows } from './rows.ts'

interface Parts {
  rows: ApplicationPasswordRows
  lastUse: LastUse
  scheme: HashScheme
  users: Users
  availability: Availability
  throttle: Throttle
  hooks: Hooks
}

export type VerifyApplicationPassword = ReturnType<typeof createVerifier>

/** Who an application password belongs to. */
export function createVerifier({ rows, lastUse, scheme, users, availability, throttle, hooks }: Parts) {
  /**
   * Among the rows that are imported, or made under another `hash` option: slow to check, until their first use. Asked
   * for an unknown user too, whom no row belongs to, so that without such rows the time tells nothing.
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
   * A right password is found by its hash before failures are counted, and so is let in past the limit too: 142 random
   * bits cannot be guessed, and one forgotten script must not lock out the others behind its address.
   */
  async function findMatch(login: string, password: string, ip: string | null) {
    const lookup = scheme.lookup(password)
    // Both at the same time, found or not, so that an unknown user and a wrong password take as long.
    const [user, found] = await Promise.all([users.findByLogin(login), rows.findByLookup(lookup)])
    const isHolders = found !== undefined && found.userId === String(user?.id)
    if (user && isHolders && (await scheme.verify(password, lookup, found.hash))) return { user, found }
    await throttle.attempt(ip, login)
    const other = found ? undefined : await findOtherForm(user, password, lookup)
    if (!user || !other) throw new ConnectError('incorrect_password')
    await throttle.forgive(ip, login)
    return { user, found: other }
  }

  async function verify(login: string, typed: string, ip: string | null): Promise<ApplicationPasswordAuth> {
    const { user, found } = await findMatch(login, normalisePassword(typed), ip)
    const { lookup: _lookup, hash: _hash, ...applicationPassword } = found
    // To whoever calls, 501 would say that the password was right.
    if (await availability.refusalFor(user)) throw new ConnectError('incorrect_password')
    if (!(await hooks.apply('application-password-match', true, { user, applicationPassword, ip }))) {
      throw new ConnectError('incorrect_password')
    }
    lastUse.record({ uuid: found.uuid, at: Math.floor(Date.now() / 1000), ip })
    hooks.emit('application-password-used', { user, applicationPassword, ip })
    return { method: 'application-password', user, applicationPassword: { uuid: found.uuid, name: found.name } }
  }

  /** @throws ConnectError `incorrect_password`, whatever was wrong; `too_many_attempts` */
  return async function verifyApplicationPassword(
    login: string,
    password: string,
    ip: string | null,
  ): Promise<ApplicationPasswordAuth> {
    try {
      return await verify(login, password, ip)
    } catch (error) {
      if (error instanceof ConnectError && error.status < 500) {
        hooks.emit('application-password-refused', { login, ip, code: error.code })
      }
      throw error
    }
  }
}
