import { guardedFetch } from '../../http/guarded-fetch.ts'
import { type ClientKeys, readClientKeys } from './client-keys.ts'

/** Maximum number of cached key sets; beyond it the oldest is dropped. */
const MAX_SETS = 100
const MAX_BYTES = 64 * 1024
const TIMEOUT_MS = 2500
const FRESH_MS = 5 * 60_000
/** An unknown key makes the set be fetched again, but not more often than this. */
const AGAIN_MS = 10_000
/** The maximum age of a cached set that is used while its server is unavailable. */
const MAX_STALE_MS = 3600_000

/** Thrown if the server of the key set is down, overloaded or broken. It may work again in a moment. */
class PassingFailure extends Error {}

interface KeySet extends ClientKeys {
  fetched: number
}

export type ClientKeySets = ReturnType<typeof createClientKeySets>

/**
 * Caches the keys at a `jwks_uri` for five minutes, and for an hour while their server is unavailable. A key that its owner
 * removes, alone or with the whole set, stops working.
 */
export function createClientKeySets() {
  const sets = new Map<string, KeySet>()
  /** When a set is too old, all requests that need it at that moment share one fetch. */
  const underWay = new Map<string, Promise<KeySet>>()

  async function fetchSet(address: string, caller: string): Promise<KeySet> {
    const headers = { accept: 'application/json', 'user-agent': 'koa-wp-connect' }
    const options = { caller, headers, maxBytes: MAX_BYTES, timeoutMs: TIMEOUT_MS }
    const answer = await guardedFetch(address, options).catch(cause => {
      throw new PassingFailure(`${address} could not be fetched.`, { cause })
    })
    const said = `${address} returned the status ${answer.status}.`
    if (answer.status >= 500 || answer.status === 429) throw new PassingFailure(said)
    if (answer.status !== 200) throw new Error(said)
    return { ...readClientKeys(await answer.json()), fetched: Date.now() }
  }

  function fetchOnce(address: string, caller: string): Promise<KeySet> {
    const fetching = underWay.get(address) ?? fetchSet(address, caller).finally(() => underWay.delete(address))
    underWay.set(address, fetching)
    return fetching
  }

  return {
    /**
     * @param kid id of the wanted key
     * @param caller see `guardedFetch()`
     * @param isWithin whether the caller may cause another fetch
     */
    async find(address: string, kid: unknown, caller: string, isWithin: () => Promise<boolean>): Promise<ClientKeys> {
      const known = sets.get(address)
      const age = known ? Date.now() - known.fetched : Number.POSITIVE_INFINITY
      const isMissing = known !== undefined && kid !== undefined && !known.keys.some(key => key.kid === kid)
      if (known && age < (isMissing ? AGAIN_MS : FRESH_MS)) return known
      const standIn = age < MAX_STALE_MS ? known : undefined
      if (!underWay.has(address) && !(await isWithin())) {
        if (standIn) return standIn
        throw new Error('Too many requests are running for this caller.')
      }
      try {
        const fetched = await fetchOnce(address, caller)
        sets.delete(address)
        sets.set(address, fetched)
        const [oldest = ''] = sets.keys()
        if (sets.size > MAX_SETS) sets.delete(oldest)
        return fetched
      } catch (error) {
        const isPassing = error instanceof PassingFailure
        if (isPassing && standIn) return standIn
        if (!isPassing) sets.delete(address)
        throw error
      }
    },
  }
}
