import { hashArgon2id, needsNewArgon2id } from '../crypto/argon2id.ts'
import { isVerifiable } from '../crypto/is-verifiable.ts'
import { verifyHash } from '../crypto/verify-hash.ts'
import type { Database } from '../database/database.ts'
import type { Users } from '../users/user.ts'
import { fold } from '../values/fold.ts'
import type { UserRows } from './rows.ts'
import type { Sessions } from './sessions.ts'

export type LogIn = ReturnType<typeof createLogIn>

/** Whom somebody wants to be. */
export interface Candidate {
  /** The account's login, by whichever of its names it is called; what was typed where there is no such account. */
  name: string
  /** Null for whoever is not to be let in. */
  found: Awaited<ReturnType<UserRows['findWithPassword']>>
}

/**
 * The check of an account's own password, and the session that begins with it.
 *
 * @param users as the host has them: it may keep out whom the table has
 */
export function createLogIn(database: Database, rows: UserRows, sessions: Sessions, users: Pick<Users, 'findByLogin'>) {
  // So that an unknown user costs what a known one does.
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

  /** @returns whose password it is, with the hash that is kept of it now; null if it is nobody's. */
  async function verifyPassword(candidate: Candidate, password: string, hasPriority: boolean) {
    const decoy = await decoyHash()
    // An account that was imported without a password has a hash that takes no time at all.
    const found = candidate.found && isVerifiable(candidate.found.passwordHash) ? candidate.found : null
    const turn = { queueKey: fold(candidate.name), hasPriority }
    const isRight = await verifyHash(password, found?.passwordHash ?? decoy, turn)
    if (!found || !isRight) return null
    if (!needsNewArgon2id(found.passwordHash)) return found
    // Imported from WordPress, or made with an older setting: the site's own form from now on.
    const passwordHash = await hashArgon2id(password)
    const isReplaced = await rows.replaceHash(found.user.id, found.passwordHash, passwordHash)
    return isReplaced ? { ...found, passwordHash } : null
  }

  /**
   * @param seconds how long the session lasts
   * @param hasPriority whether the user has logged in at this browser before
   * @returns the id of a new session, and the hash that the password was right for; null for a wrong password or user.
   * @throws ConnectError `busy` when too many passwords wait to be checked
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
    // A change of the password ends the sessions that are there: this one is among them, or does not begin.
    return database.transaction(async on => {
      if (!(await rows.keepHash(user.id, passwordHash, on))) return null
      return { session: await sessions.start(user.id, seconds, on), passwordHash }
    })
  }

  return { find, start }
}
