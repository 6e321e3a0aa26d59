import { errorWithMessage } from '../errors.ts'
import type { CounterStore } from '../throttle/counts.ts'
import type { User } from '../users/user.ts'

const SECONDS = 60
const MAX_OF_ONE_USER = 6
const MAX_OF_ALL = 60

/**
 * Counts a look at the connection. Each makes the site call itself: bounded, so that no user keeps it busy with itself.
 *
 * @throws ConnectError `too_many_attempts`
 */
export async function countCheck(counts: CounterStore, user: User): Promise<void> {
  await count(counts, 'doctor user', String(user.id), MAX_OF_ONE_USER)
  // Not what the user's own limit refuses, or one alone could use up what is allowed to all.
  await count(counts, 'doctor', '', MAX_OF_ALL)
}

async function count(counts: CounterStore, kind: string, key: string, limit: number): Promise<void> {
  const [counted] = await counts.add([{ kind, key, seconds: SECONDS, limit }], 1)
  if ((counted?.points ?? 0) <= limit) return
  const words = { id: 'errors.too_many_attempts.connection' }
  throw errorWithMessage('too_many_attempts', words, { headers: { 'Retry-After': String(SECONDS) } })
}
