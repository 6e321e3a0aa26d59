import { hashArgon2id, needsNewArgon2id } from '../crypto/argon2id.ts'
import { isVerifiable } from '../crypto/is-verifiable.ts'
import { verifyHash } from '../crypto/verify-hash.ts'
import type { Database } from '../database/database.ts'
import type { Users } from '../users/user.ts'
import { fold } from '../values/fold.ts'
import type { UserRows } from './rows.ts'
import type { Sessions } from './sessions.ts'

export type Login = ReturnType<typeof createLogin>

/** The account that a person tries to log in to. */
export interface Candidate {
  /** The account's login, even if its email address was typed. The typed text if there is no such account. */
  name: string
  /** Null if there is no such account, or if it may not log in. */
  found: Awaited<ReturnType<UserRows['findWithPassword']>>
}

/**
 * Checks account passwords and starts sessions.
 *
 * @param users the users as the host has them: it may keep out a user of the table
 */
export function createLogin(database: Database, rows: UserRows, sessions: Sessions, users: Pick<Users, 'findByLogin'>) {
  // A hash to check for unknown users, so that they take as long as known ones.
  let decoy: Promise<string> | undefined

  function decoyHash(): Promise<string> {
    decoy ??= hashArgon2id('nobody has this password').catch(error => {
      decoy = undefined
      throw error
    })
    return decoy
  }

  /** One SELECT, for unknown users too: see `createBatch()`. */
  async function find(loginOrEmail: string): Promise<Candidate> {
    const [row, user] = await Promise.all([rows.findWithPassword(loginOrEmail), users.findByLogin(loginOrEmail)])
    return { name: row?.user.login ?? loginOrEmail, found: user && row }
  }

  /** @returns the user with the current hash of their password; null if the password or the user is wrong */
  async function verifyPassword(candidate: Candidate, password: string, hasPriority: boolean) {
    const decoy = await decoyHash()
    // An account that was imported without a password has a hash that takes no time to check.
    const found = candidate.found && isVerifiable(candidate.found.passwordHash) ? candidate.found : null
    const turn = { queueKey: fold(candidate.name), hasPriority }
    const isRight = await verifyHash(password, found?.passwordHash ?? decoy, turn)
    if (!found || !isRight) return null
    if (!needsNewArgon2id(found.passwordHash)) return found
    // The hash comes from WordPress or from an older setting; replace it by the site's own format.
    const passwordHash = await hashArgon2id(password)
    const isReplaced = await rows.replaceHash(found.user.id, found.passwordHash, passwordHash)
    return isReplaced ? { ...found, passwordHash } : null
  }

  /**
   * @param seconds lifetime of the session
   * @param hasPriority whether the user has logged in at this browser before
   * @returns the id of a new session and the hash that the password matched; null for a wrong password or user
   * @throws ConnectError `busy` if too many passwords wait to be checked
   */
  async function start(
    candidate: Candidate,
    password: string,
    seconds: number,
    hasPriority: boolean,
  ): Promise<{ session: string; passwordHash: string } | null> {
    const verified = await verifyPassword(candidate, password, hasPriority)
    if (!verified) return null
    const { user, passwordHash } = verified
    await sessions.deleteExpired()
    // A change of the password ends the existing sessions: it ends this one too, or prevents it.
    return database.transaction(async on => {
      if (!(await rows.keepHash(user.id, passwordHash, on))) return null
      return { session: await sessions.start(user.id, seconds, on), passwordHash }
    })
  }

  return { find, start }
}
