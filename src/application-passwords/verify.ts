import type { ApplicationPasswordAuth } from '../authentication/auth.ts'
import { verifyHash } from '../crypto/verify-hash.ts'
import type { LastUse } from '../database/last-use.ts'
import { ConnectError } from '../errors.ts'
import type { Throttle } from '../throttle/throttle.ts'
import type { User, Users } from '../users/user.ts'
import type { UserJoin } from '../users/user-join.ts'
import { nowInSeconds } from '../values/unix-seconds.ts'
import type { Availability } from './availability.ts'
import { nowMs, waitForNextTick } from './equalize-timing.ts'
import type { ApplicationPasswordHooks } from './events.ts'
import type { HashScheme } from './hash.ts'
import { normalisePassword } from './password.ts'
import type { ApplicationPassword, ApplicationPasswordRows, FoundApplicationPassword } from './rows.ts'

interface ApplicationPasswordsVerifyParts {
  rows: ApplicationPasswordRows
  lastUse: LastUse
  scheme: HashScheme
  users: Users
  /** Null where users are the host's own, which only `users` can find. */
  userJoin: UserJoin | null
  availability: Availability
  throttle: Throttle
  hooks: ApplicationPasswordHooks
}

export type VerifyApplicationPassword = (
  login: string,
  password: string,
  ip: string | null,
) => Promise<ApplicationPasswordAuth>

/** Letters and digits; WordPress's have 24. The time of some slow hashes grows with what is hashed. */
const MAX_PASSWORD = 64

/** Who an application password belongs to. */
export function createVerifier(parts: ApplicationPasswordsVerifyParts): VerifyApplicationPassword {
  const { rows, lastUse, scheme, users, userJoin, availability, throttle, hooks } = parts

  const otherFormsOf = rows.otherForms(scheme.form)

  /**
   * Among the rows that are imported, or made under another `hash` option: slow to check, until their first use. Asked
   * for an unknown user too, whom no row belongs to, so that without such rows the time tells nothing.
   */
  async function findOtherForm(user: User | null, password: string, lookup: string) {
    if (password.length > MAX_PASSWORD) return undefined
    for (const other of (await otherFormsOf(String(user?.id ?? ''))) ?? []) {
      // In a queueKey, as log-ins are: guesses at this user keep nobody else waiting.
      const { uuid, userId } = other.applicationPassword
      if (!(await verifyHash(password, other.hash, { queueKey: `application passwords of ${userId}` }))) continue
      await rows.changeForm(uuid, other.hash, { lookup, hash: await scheme.hash(password) })
      return other
    }
    return undefined
  }

  /** Asks the same of the database for an unknown user as for a wrong password, so that they take as long. */
  async function lookUp(
    login: string,
    lookup: string,
  ): Promise<{ user: User | null; found: FoundApplicationPassword | undefined }> {
    if (!userJoin) {
      const [user, found] = await Promise.all([users.findByLogin(login), rows.findByLookup(lookup)])
      return { user, found }
    }
    const found = await rows.findByLookup(lookup)
    const holder = found?.holder
    return { user: holder && userJoin.matchesLogin(holder, login) ? holder : await users.findByLogin(login), found }
  }

  /**
   * A host may find a suspended user by login, for its own forms, and not by id. Tokens and sessions ask `find()`, so
   * passwords must ask it too. Joined users are the rows themselves: there is nothing else to ask.
   */
  const isGone = async (user: User): Promise<boolean> => !userJoin && (await users.find(String(user.id))) === null

  /** What could not be checked was no guess. */
  async function unlessFailed<T>(check: Promise<T>, ip: string | null, login: string): Promise<T> {
    try {
      return await check
    } catch (error) {
      await throttle.takeBack(ip, login)
      throw error
    }
  }

  /**
   * A right password is found by its hash before failures are counted, and so is let in past the limit too: 142 random
   * bits cannot be guessed, and one forgotten script must not lock out the others behind its address.
   */
  async function findMatch(
    login: string,
    password: string,
    ip: string | null,
  ): Promise<{ user: User; applicationPassword: ApplicationPassword }> {
    const lookup = scheme.lookup(password)
    const { user, found } = await lookUp(login, lookup)
    const isHolders = found !== undefined && found.applicationPassword.userId === String(user?.id)
    if (user && isHolders && (await scheme.verify(password, lookup, found.hash))) {
      return { user, applicationPassword: found.applicationPassword }
    }
    await throttle.attempt(ip, login)
    const other = found ? undefined : await unlessFailed(findOtherForm(user, password, lookup), ip, login)
    if (!user || !other) throw new ConnectError('incorrect_password')
    await throttle.forgive(ip, login)
    return { user, applicationPassword: other.applicationPassword }
  }

  /** @throws ConnectError `incorrect_password`, whatever was wrong; `too_many_attempts` */
  return async function verifyApplicationPassword(
    login: string,
    password: string,
    ip: string | null,
  ): Promise<ApplicationPasswordAuth> {
    const began = nowMs()
    try {
      const { user, applicationPassword } = await findMatch(login, normalisePassword(password), ip)
      if (await isGone(user)) throw new ConnectError('incorrect_password')
      // To whoever calls, 501 would say that the password was right.
      if (await availability.unavailableReasonFor(user)) throw new ConnectError('incorrect_password')
      if (!(await hooks.apply('application-password-match', true, { user, applicationPassword, ip }))) {
        throw new ConnectError('incorrect_password')
      }
      const { uuid, name } = applicationPassword
      lastUse.record({ id: uuid, at: nowInSeconds(), ip })
      hooks.emit('application-password-used', { user, applicationPassword, ip })
      return { method: 'application-password', user, applicationPassword: { uuid, name } }
    } catch (error) {
      if (error instanceof ConnectError && error.status < 500) {
        await waitForNextTick(began)
        hooks.emit('application-password-refused', { login, ip, code: error.code })
      }
      throw error
    }
  }
}
