import { errorThatSays } from '../errors.ts'
import type { Counts } from '../throttle/counts.ts'
import type { User } from '../users/user.ts'

const SECONDS = 60
const MAX_OF_ONE_USER = 6
const MAX_OF_ALL = 60

export type CheckLimit = ReturnType<typeof createCheckLimit>

/** Each look makes the site call itself: bounded, so that no user keeps it busy with itself. */
export function createCheckLimit(counts: Counts) {
  async function count(kind: string, key: string, limit: number): Promise<void> {
    const [counted] = await counts.add([{ kind, key, seconds: SECONDS, limit }], 1)
    if ((counted?.points ?? 0) <= limit) return
    const words = { id: 'errors.too_many_attempts.connection' }
    throw errorThatSays('too_many_attempts', words, { headers: { 'Retry-After': String(SECONDS) } })
  }

  /** @throws ConnectError `too_many_attempts` */
  return async function countCheck(user: User): Promise<void> {
    await count('doctor user', String(user.id), MAX_OF_ONE_USER)
    // Not what the user's own limit refuses, or one alone could use up what is allowed to all.
    await count('doctor', '', MAX_OF_ALL)
  }
}
