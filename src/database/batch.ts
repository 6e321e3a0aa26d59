import { ConnectError } from '../errors.ts'
import { chunks } from './chunks.ts'

/**
 * Gathers the keys that are asked for together, or while the query before is under way, and loads them by one query. Without
 * the second, requests that come one by one would each queue for a connection with a query of their own. Nothing outlives its
 * query: a key is always loaded after it was asked for, so a revoked row is never served from memory.
 *
 * While the database is slow, so many wait and no more: one more is told so at once, and memory stays flat.
 *
 * @param loadAll gets each distinct key once and answers a map; a key without an entry loads as `undefined`.
 */
export function createBatch<T>(
  loadAll: (keys: string[]) => Promise<Map<string, T>>,
): (key: string) => Promise<T | undefined> {
  let gathering: { keys: Set<string>; askers: number; loaded: Promise<Map<string, T>> } | undefined
  /** Ends when the query that is under way has ended, well or not. */
  let underWay: Promise<void> = Promise.resolve()

  function begin() {
    return { keys: new Set<string>(), askers: 0, loaded: underWay.then(gather).then(load) }
  }

  /** A query costs as much as answering several requests, so it waits as long as each turn brings more of them. */
  async function gather(): Promise<void> {
    let before: number
    let turns = 0
    do {
      before = gathering?.askers ?? 0
      await nextTurn()
    } while (++turns < MAX_TURNS && (gathering?.askers ?? 0) > before)
  }

  function load(): Promise<Map<string, T>> {
    const keys = [...(gathering?.keys ?? [])]
    // Before the query begins: whoever asks from now on must get a later one.
    gathering = undefined
    const query = loadInChunks(keys)
    underWay = query.then(
      () => {},
      () => {},
    )
    return query
  }

  async function loadInChunks(keys: string[]): Promise<Map<string, T>> {
    if (keys.length <= MAX_CHUNK) return loadAll(keys)
    const all = new Map<string, T>()
    for (const some of chunks(keys, MAX_CHUNK)) {
      for (const [key, value] of await loadAll(some)) all.set(key, value)
    }
    return all
  }

  return async key => {
    gathering ??= begin()
    if (gathering.askers >= MAX_WAITING) throw new ConnectError('database_unavailable')
    gathering.askers++
    gathering.keys.add(key)
    return (await gathering.loaded).get(key)
  }
}

const nextTurn = () => new Promise<void>(resolve => setImmediate(resolve))

/** Turns of the event loop. */
const MAX_TURNS = 8

/** More than a healthy database ever leaves waiting. */
const MAX_WAITING = 5_000

/** A power of two, because `createSelectIn()` fills up to one. */
export const MAX_CHUNK = 256
