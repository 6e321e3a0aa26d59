import { hashArgon2id, needsNewArgon2id } from '../../hashes/argon2id.ts'
import { verifyHash } from '../../hashes/verify-hash.ts'
import { fold } from '../fold.ts'
import type { UserRows } from './rows.ts'
import type { Sessions } from './sessions.ts'

export type LogIn = ReturnType<typeof createLogIn>

/** The check of an account's own password, and the session that begins with it. */
export function createLogIn(rows: UserRows, sessions: Sessions) {
  // So that an unknown user costs what a known one does.
  let decoy: Promise<string> | undefined

  function decoyHash(): Promise<string> {
    decoy ??= hashArgon2id('nobody has this password').catch(error => {
      decoy = undefined
      throw error
    })
    return decoy
  }

  /** @returns whose password it is, with the hash that is kept of it now; null if it is nobody's. */
  async function verifyPassword(loginOrEmail: string, password: string, isFirst: boolean) {
    const unknownUsers = decoyHash()
    const found = await rows.findWithPassword(loginOrEmail)
    const hash = found?.passwordHash ?? (await unknownUsers)
    const isRight = await verifyHash(password, hash, { lane: fold(loginOrEmail), isFirst })
    if (!found || !isRight) return null
    if (!needsNewArgon2id(found.passwordHash)) return found
    // Imported from WordPress, or made with an older setting: the site's own form from now on.
    const passwordHash = await hashArgon2id(password)
    const isReplaced = await rows.replaceHash(found.user.id, found.passwordHash, passwordHash)
    return isReplaced ? { ...found, passwordHash } : null
  }

  /**
   * @param seconds how long the session lasts
   * @param isFirst whether the user has logged in at this browser before
   * @returns the id of a new session, and the hash that the password was right for; null for a wrong password or user.
   * @throws ConnectError `busy` when too many passwords wait to be checked
   */
  return async function logIn(
    loginOrEmail: string,
    password: string,
    seconds: number,
    isFirst: boolean,
  ): Promise<{ session: string; passwordHash: string } | null> {
    const verified = await verifyPassword(loginOrEmail, password, isFirst)
    if (!verified) return null
    const session = await sessions.start(verified.user.id, seconds)
    // A change of the password ends the sessions that are there. This one may have come after, with the old password.
    const now = await rows.findWithPassword(loginOrEmail)
    if (now?.passwordHash === verified.passwordHash) return { session, passwordHash: verified.passwordHash }
    await sessions.end(session)
    return null
  }
}
