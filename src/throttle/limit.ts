import type { Network } from '../http/address.ts'
import type { CounterKey, CounterStore, CounterValue } from './counter-store.ts'

/** How often something may happen. */
export interface Limit {
  points: number
  /** Length of the window in seconds. */
  duration: number
}

/** Returns the counters of one caller: one for each of their networks, with a limit that grows with the network. */
export function countedNetworks(
  kind: string,
  networks: readonly Network[],
  { points, duration }: Limit,
  keyOf = ({ name }: Network): string => name,
): CounterKey[] {
  return networks.map(network => ({
    kind: kind + network.prefix,
    key: keyOf(network),
    seconds: duration,
    limit: points * network.times,
  }))
}

/**
 * Adds one to each counter. If one limit rejects the attempt, it does not count for the others: otherwise a caller past a
 * narrow limit could use up a wide one that many share.
 *
 * @param alongside counted too, but judged by the caller of this function
 * @returns the values in this order; `past` is the exceeded counter that lasts longest, or null
 */
export async function addWithin(
  counts: CounterStore,
  limited: readonly CounterKey[],
  alongside: readonly CounterKey[] = [],
): Promise<{ all: CounterValue[]; past: CounterValue | null }> {
  const counted = [...limited, ...alongside]
  if (counted.length === 0) return { all: [], past: null }
  const all = await counts.add(counted, 1)
  const isPast = (at: number) => at < limited.length && (all[at]?.points ?? 0) > (limited[at]?.limit ?? 0)
  const [past = null] = all.filter((_, at) => isPast(at)).toSorted((a, b) => b.secondsLeft - a.secondsLeft)
  const others = counted.filter((_, at) => !isPast(at))
  if (past && others.length > 0) await counts.add(others, -1)
  return { all, past }
}
