/**
 * Gathers the keys asked for in one turn of the event loop and loads them by one query. Nothing outlives the turn: a key
 * asked for later is loaded anew, so a revoked row is never served from memory.
 *
 * @param loadAll gets each distinct key once and answers a map; a key without an entry loads as `undefined`.
 */
export function createBatch<T>(
  loadAll: (keys: string[]) => Promise<Map<string, T>>,
): (key: string) => Promise<T | undefined> {
  let gathering: { keys: Set<string>; loaded: Promise<Map<string, T>> } | undefined

  function begin() {
    const keys = new Set<string>()
    const loaded = new Promise<void>(resolve => setImmediate(resolve)).then(() => {
      gathering = undefined
      return loadInChunks([...keys])
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

/** Below every driver's limit of values in one statement (SQLite before 3.32: 999). */
const LARGEST_CHUNK = 400
