import { createHmac, type KeyObject } from 'node:crypto'
import type { Database } from '../database/database.ts'
import type { CounterKey, CounterStore } from './counter-store.ts'
import { createDatabaseStore } from './database-store.ts'
import { withFallback } from './fallback.ts'
import { createMemoryStore } from './memory-store.ts'
import type { ThrottleStore } from './options.ts'
import { createRedisStore } from './redis-store.ts'

/** The counters of one site, with the work to wait for when it closes. */
export interface SiteCounterStore extends CounterStore {
  finished(): Promise<void>
}

/**
 * Creates the counter store that the option `throttle` selects.
 *
 * @param hmacKey a separate key, see `deriveKey()`. Stores get only an HMAC of each key: people paste passwords into login
 * fields, and addresses are private
 */
export function createCounterStore(
  option: ThrottleStore,
  database: Database,
  hmacKey: KeyObject,
  report: (error: unknown) => void,
): SiteCounterStore {
  const { add, forget, finished } = openStore(option, database, report)
  const hidden = (counted: CounterKey): CounterKey => ({
    ...counted,
    key: createHmac('sha256', hmacKey).update(`${counted.kind} ${counted.key}`).digest('base64url').slice(0, 22),
  })
  return {
    add: (counted, points) => add(counted.map(hidden), points),
    forget: counted => forget(hidden(counted)),
    finished,
  }
}

function openStore(option: ThrottleStore, database: Database, report: (error: unknown) => void): SiteCounterStore {
  if (option === 'memory') return { ...createMemoryStore(), finished: async () => {} }
  if (option === 'database') {
    const shared = createDatabaseStore(database, report)
    return { ...withFallback(shared, 'the database', report), finished: shared.finished }
  }
  const shared = createRedisStore(option.redis, database.table('throttle'))
  return { ...withFallback(shared, 'Redis', report), finished: async () => {} }
}
