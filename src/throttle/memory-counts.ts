import type { Counts } from './counts.ts'

/**
 * Keys of one duration that are remembered, some 10 MB of them: whoever has very many addresses, or makes up very many
 * logins, must not fill the memory. Past it the oldest are forgotten.
 */
const MOST_KEYS = 50_000

interface Window {
  points: number
  /** Milliseconds, as `Date.now()` has them. */
  ends: number
}

/** Counts of this process alone. rate-limiter-flexible's would keep a timer for each key, and as many keys as come. */
export function createMemoryCounts(mostKeys: number = MOST_KEYS): Counts & { size(): number } {
  // One map for each duration: what was put in first ends first.
  const byDuration = new Map<number, Map<string, Window>>()

  function mapOf(seconds: number): Map<string, Window> {
    const found = byDuration.get(seconds) ?? new Map<string, Window>()
    byDuration.set(seconds, found)
    return found
  }

  function makeRoom(windows: Map<string, Window>, now: number): void {
    for (const [key, { ends }] of windows) {
      if (ends > now && windows.size < mostKeys) return
      windows.delete(key)
    }
  }

  function add(key: string, seconds: number, points: number, now: number): Window {
    const windows = mapOf(seconds)
    const found = windows.get(key)
    if (found && found.ends > now) {
      found.points += points
      return found
    }
    windows.delete(key)
    makeRoom(windows, now)
    const begun = { points, ends: now + seconds * 1000 }
    windows.set(key, begun)
    return begun
  }

  return {
    async add(counted, points) {
      const now = Date.now()
      return counted.map(({ key, seconds }) => {
        const { points: total, ends } = add(key, seconds, points, now)
        return { points: total, secondsLeft: (ends - now) / 1000 }
      })
    },
    async forget(key) {
      for (const windows of byDuration.values()) windows.delete(key)
    },
    size: () => [...byDuration.values()].reduce((sum, { size }) => sum + size, 0),
  }
}
