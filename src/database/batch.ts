import { ConnectError } from '../errors.ts'
import { chunks } from './chunks.ts'

/**
 * Collects keys and loads them with one query: keys that are requested together, or while the previous query runs. Without
 * the latter, requests that arrive one by one would each queue for a connection. Nothing is cached: a key is always loaded
 * after it was requested, so a revoked row is never served from memory.
 *
 * If the database is slow, the number of waiting requests is limited. More of them fail at once, and memory stays constant.
 *
 * @param loadAll gets each distinct key once and returns a map; a key without an entry loads as `undefined`
 */
export function createBatch<T>(
  loadAll: (keys: string[]) => Promise<Map<string, T>>,
): (key: string) => Promise<T | undefined> {
  let gathering: { keys: Set<string>; askers: number; loaded: Promise<Map<string, T>> } | undefined
  /** Resolves when the running query has ended, successfully or not. */
  let underWay: Promise<void> = Promise.resolve()

  function begin() {
    return { keys: new Set<string>(), askers: 0, loaded: underWay.then(gather).then(load) }
  }

  /** Waits as long as each turn of the event loop adds requests: a query costs as much as handling several of them. */
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
    // Before the query starts: later requests must get a later query.
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

/** More requests than ever wait for a healthy database. */
const MAX_WAITING = 5_000

/** A power of two, because `createSelectIn()` pads to one. */
export const MAX_CHUNK = 256
