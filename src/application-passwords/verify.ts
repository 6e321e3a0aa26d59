import type { ApplicationPasswordAuth } from '../authentication/auth.ts'
import { verifyHash } from '../crypto/verify-hash.ts'
import type { LastUse } from '../database/last-use.ts'
import { ConnectError } from '../errors.ts'
import type { Throttle } from '../throttle/throttle.ts'
import type { User, Users } from '../users/user.ts'
import type { UserJoin } from '../users/user-join.ts'
import { nowInSeconds } from '../values/unix-seconds.ts'
import type { ApplicationPassword, FoundApplicationPassword } from './application-password.ts'
import type { Availability } from './availability.ts'
import { type Clock, waitForNextTick } from './equalize-timing.ts'
import type { ApplicationPasswordHooks } from './events.ts'
import type { HashScheme } from './hash.ts'
import { normalisePassword } from './password.ts'
import type { ApplicationPasswordRows } from './rows.ts'

interface ApplicationPasswordsVerifyParts {
  rows: ApplicationPasswordRows
  lastUse: LastUse
  scheme: HashScheme
  users: Users
  /** Null for a host's own users, which only `users` can find. */
  userJoin: UserJoin | null
  availability: Availability
  throttle: Throttle
  hooks: ApplicationPasswordHooks
  clock: Clock
}

export type VerifyApplicationPassword = (
  login: string,
  password: string,
  ip: string | null,
) => Promise<ApplicationPasswordAuth>

/** Maximum number of letters and digits; WordPress's passwords have 24. Some slow hashes take longer for longer texts. */
const MAX_PASSWORD = 64

/** Creates the function that finds the user and the application password of given credentials. */
export function createVerifier(parts: ApplicationPasswordsVerifyParts): VerifyApplicationPassword {
  const { rows, lastUse, scheme, users, userJoin, availability, throttle, hooks, clock } = parts

  const otherFormsOf = rows.otherForms(scheme.form)

  /**
   * Searches the rows that were imported or created under another `hash` option. They are slow to check until their first
   * use. It also runs for an unknown user, who has no rows. So on a site without such rows, the time reveals nothing.
   */
  async function findOtherForm(user: User | null, password: string, lookup: string) {
    if (password.length > MAX_PASSWORD) return undefined
    for (const other of (await otherFormsOf(String(user?.id ?? ''))) ?? []) {
      // Use a queue per user, as logins do, so that guesses at one user do not delay the others.
      const { uuid, userId } = other.applicationPassword
      if (!(await verifyHash(password, other.hash, { queueKey: `application passwords of ${userId}` }))) continue
      await rows.changeForm(uuid, other.hash, { lookup, hash: await scheme.hash(password) })
      return other
    }
    return undefined
  }

  /** Runs the same queries for an unknown user as for a wrong password, so that both take equally long. */
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
   * Whether the host no longer returns the user by id. A host may still find a suspended user by login, for its own forms.
   * Tokens and sessions call `find()`, so passwords must do so too. Joined users were read from their rows already.
   */
  const isGone = async (user: User): Promise<boolean> => !userJoin && (await users.find(String(user.id))) === null

  /** An attempt that could not be checked does not count as a failed one. */
  async function unlessFailed<T>(check: Promise<T>, ip: string | null, login: string): Promise<T> {
    try {
      return await check
    } catch (error) {
      await throttle.takeBack(ip, login)
      throw error
    }
  }

  /**
   * A correct password is found by its hash before failed attempts are counted, so it is accepted past the limit too: 142
   * random bits cannot be guessed, and one forgotten script must not lock out the others behind its address.
   */
  async function findMatch(
    login: string,
    password: string,
    ip: string | null,
  ): Promise<{ user: User; applicationPassword: ApplicationPassword }> {
    const lookup = scheme.lookup(password)
    const { user, found } = await lookUp(login, lookup)
    const belongsToUser = found !== undefined && found.applicationPassword.userId === String(user?.id)
    if (user && belongsToUser && (await scheme.verify(password, lookup, found.hash))) {
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
    const began = clock.now()
    try {
      const { user, applicationPassword } = await findMatch(login, normalisePassword(password), ip)
      if (await isGone(user)) throw new ConnectError('incorrect_password')
      // A 501 would reveal to the caller that the password was correct.
      if (await availability.unavailableReasonFor(user)) throw new ConnectError('incorrect_password')
      if (!(await hooks.apply('application-password-match', true, { user, applicationPassword, ip }))) {
        throw new ConnectError('incorrect_password')
      }
      const { uuid, name } = applicationPassword
      lastUse.record({ id: uuid, at: nowInSeconds(), ip })
      hooks.emit('application-password-used', { user, applicationPassword, ip })
      return { method: 'application-password', user, applicationPassword: { uuid, name } }
    } catch (error) {
      if (error instanceof ConnectError && error.kind !== 'outage') {
        await waitForNextTick(began, clock)
        hooks.emit('application-password-refused', { login, ip, code: error.code })
      }
      throw error
    }
  }
}
