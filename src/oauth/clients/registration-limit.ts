import { type Network, networksOf } from '../../http/address.ts'
import type { CounterStore } from '../../throttle/counts.ts'
import { addWithin, countedNetworks } from '../../throttle/limit.ts'

/** What one address may do in an hour. The clients of a service share its addresses, and prove themselves at each refresh. */
const POINTS = { registration: 60, 'document fetch': 60, 'client assertion': 600 }

/** All callers without an address: bounded, because each may add a row, but wide, because they are many. */
const UNKNOWN: Network = { prefix: '', name: 'unknown', times: 16 }

export type RegistrationLimit = ReturnType<typeof createRegistrationLimit>

/**
 * An open registration is a row, or a request to elsewhere, for anybody: bounded by address.
 *
 * @param kind of its own for each use, so that none uses up what is allowed to another
 */
export function createRegistrationLimit(counts: CounterStore, kind: keyof typeof POINTS) {
  const limit = { points: POINTS[kind], duration: 3600 }
  return {
    async isWithin(ip: string | null): Promise<boolean> {
      const networks = networksOf(ip)
      const counted = countedNetworks(kind, networks.length > 0 ? networks : [UNKNOWN], limit)
      return (await addWithin(counts, counted)).past === null
    },
  }
}
