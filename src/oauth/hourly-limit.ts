import { type Network, networksOf } from '../http/address.ts'
import type { CounterStore } from '../throttle/counter-store.ts'
import { addWithin, countedNetworks } from '../throttle/limit.ts'

/** Maximum per address and hour. All clients of a service share its addresses and authenticate at each refresh. */
const POINTS = { registration: 60, 'document fetch': 60, 'client assertion': 600 }

/**
 * Stands for all callers without an address. They are limited, because each may add a row, but with more points, because
 * they are many.
 */
const UNKNOWN: Network = { prefix: '', name: 'unknown', times: 16 }

export type HourlyLimit = ReturnType<typeof createHourlyLimit>

/**
 * Limits requests per address and hour that add a row or cause a request to another server.
 *
 * @param kind each kind has its own count, so that none uses up the limit of another
 */
export function createHourlyLimit(counts: CounterStore, kind: keyof typeof POINTS) {
  const limit = { points: POINTS[kind], duration: 3600 }
  return {
    async isWithin(ip: string | null): Promise<boolean> {
      const networks = networksOf(ip)
      const counted = countedNetworks(kind, networks.length > 0 ? networks : [UNKNOWN], limit)
      return (await addWithin(counts, counted)).past === null
    },
  }
}
