import { errorWithMessage } from '../errors.ts'
import type { CounterStore } from '../throttle/counter-store.ts'
import { addWithin } from '../throttle/limit.ts'
import type { User } from '../users/user.ts'

const SECONDS = 60
const MAX_OF_ONE_USER = 6
const MAX_OF_ALL = 60

/**
 * Counts a check of the connection. Each check makes the site call itself, so a user may not run any number of them.
 *
 * @throws ConnectError `too_many_attempts`
 */
export async function countCheck(counts: CounterStore, user: User): Promise<void> {
  await count(counts, 'doctor user', String(user.id), MAX_OF_ONE_USER)
  // Counted after the user's own limit. Otherwise rejected attempts of one user could use up the limit for all.
  await count(counts, 'doctor', '', MAX_OF_ALL)
}

async function count(counts: CounterStore, kind: string, key: string, limit: number): Promise<void> {
  const { past } = await addWithin(counts, [{ kind, key, seconds: SECONDS, limit }])
  if (past === null) return
  const messageRef = { id: 'errors.too_many_attempts.connection' }
  throw errorWithMessage('too_many_attempts', messageRef, { headers: { 'Retry-After': String(SECONDS) } })
}
