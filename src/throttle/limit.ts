import type { Network } from '../http/address.ts'
import type { CounterKey, CounterStore, CounterValue } from './counts.ts'

/** How often something may happen. */
export interface Limit {
  points: number
  /** Seconds for which it counts. */
  duration: number
}

/** What is counted of one caller: each of their networks, by a limit that is as wide as the network. */
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
 * Adds one to each. What one limit refuses counts for none of the others, or a caller who is past a narrow limit could use up
 * what a wide one allows to many.
 *
 * @param alongside counted as well, for the caller to judge
 * @returns the counts in this order; `past` is the one past its limit that lasts longest, null if all are within
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
