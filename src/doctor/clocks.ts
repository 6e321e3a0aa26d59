/** Clocks are told in whole seconds, and Node puts a Date header together once a second. */
const RESOLUTION_MS = 2_000

/**
 * By how many milliseconds another clock is ahead of ours, at least; negative if behind, 0 if it may be the same. Reading it
 * takes time: the moment that it tells lies somewhere between.
 */
export async function aheadBy(read: () => Promise<number | null>, now: () => number): Promise<number | null> {
  const before = now()
  const theirs = await read()
  const after = now()
  if (theirs === null) return null
  if (theirs > after) return theirs - after
  return Math.min(0, theirs + RESOLUTION_MS - before)
}
