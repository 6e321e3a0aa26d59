/**
 * Gathers the keys that are asked for in one turn of the event loop, or while the query before is under way, and loads them
 * by one query. Without the second, requests that come one by one would each queue for a connection with a query of their
 * own. Nothing outlives its query: a key is always loaded after it was asked for, so a revoked row is never served from
 * memory.
 *
 * @param loadAll gets each distinct key once and answers a map; a key without an entry loads as `undefined`.
 */
export function createBatch<T>(
  loadAll: (keys: string[]) => Promise<Map<string, T>>,
): (key: string) => Promise<T | undefined> {
  let gathering: { keys: Set<string>; loaded: Promise<Map<string, T>> } | undefined
  /** Ends when the query that is under way has ended, well or not. */
  let underWay: Promise<void> = Promise.resolve()

  function begin() {
    const keys = new Set<string>()
    const loaded = underWay.then(nextTurn).then(() => {
      gathering = undefined
      const query = loadInChunks([...keys])
      underWay = query.then(
        () => {},
        () => {},
      )
      return query
    })
    return { keys, loaded }
  }

  async function loadInChunks(keys: string[]): Promise<Map<string, T>> {
    if (keys.length <= LARGEST_CHUNK) return loadAll(keys)
    const all = new Map<string, T>()
    for (let start = 0; start < keys.length; start += LARGEST_CHUNK) {
      for (const [key, value] of await loadAll(keys.slice(start, start + LARGEST_CHUNK))) all.set(key, value)
    }
    return all
  }

  return async key => {
    gathering ??= begin()
    const { keys, loaded } = gathering
    keys.add(key)
    return (await loaded).get(key)
  }
}

const nextTurn = () => new Promise<void>(resolve => setImmediate(resolve))

/** Below every driver's limit of values in one statement (SQLite before 3.32: 999). */
const LARGEST_CHUNK = 400
