import type { CounterKey, CounterStore, CounterValue } from './counter-store.ts'
import { type Window, WindowQueue } from './window-queue.ts'

/**
 * Maximum number of keys per kind, about 2 MB: a caller with many addresses or invented logins must not fill the memory.
 * There are about two dozen kinds, so all of them take about 50 MB at most.
 */
const MAX_KEYS = 10_000

/** Counts in this process only. rate-limiter-flexible would keep a timer for each key, without a maximum number of keys. */
export function createMemoryStore(maxKeys: number = MAX_KEYS): CounterStore & { size(): number } {
  const kinds = new Map<string, KindCounts>()

  function countsOf(kind: string): KindCounts {
    const counts = kinds.get(kind) ?? new KindCounts(maxKeys)
    kinds.set(kind, counts)
    return counts
  }

  return {
    async add(counted, points) {
      const now = Date.now()
      return counted.map(each => countsOf(each.kind).add(each, points, now))
    },
    async forget({ kind, key }) {
      countsOf(kind).forget(key)
    },
    size: () => [...kinds.values()].reduce((sum, { size }) => sum + size, 0),
  }
}

/**
 * The counters of one kind. If it is full, the oldest counters below their limit are dropped. Counters that reached their
 * limit stay until their window ends: otherwise a flood of other keys would lift a limit. If all have reached theirs, new
 * keys share one counter.
 */
class KindCounts {
  readonly #maxKeys: number
  readonly #belowLimit = new WindowQueue()
  readonly #inForce = new WindowQueue()
  #overflow: Window = { key: '', points: 0, ends: 0 }

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys
  }

  get size(): number {
    return this.#belowLimit.size + this.#inForce.size
  }

  add(counted: CounterKey, points: number, now: number): CounterValue {
    const window = this.#find(counted.key, now) ?? this.#begin(counted, points, now)
    window.points = Math.max(0, window.points + points)
    // An attempt that was taken back completely leaves no counter. Otherwise attempts that do not count would displace
    // those that do.
    if (window.points === 0) this.forget(window.key)
    if (window.points >= counted.limit && this.#belowLimit.get(window.key) === window) {
      this.#belowLimit.delete(window.key)
      this.#inForce.push(window)
    }
    return { points: window.points, secondsLeft: (window.ends - now) / 1000 }
  }

  forget(key: string): void {
    this.#belowLimit.delete(key)
    this.#inForce.delete(key)
  }

  #find(key: string, now: number): Window | undefined {
    const window = this.#belowLimit.get(key) ?? this.#inForce.get(key)
    if (window && window.ends <= now) this.forget(key)
    return window && window.ends > now ? window : undefined
  }

  #begin({ key, seconds }: CounterKey, points: number, now: number): Window {
    const begun = { key, points: 0, ends: now + seconds * 1000 }
    if (points > 0) this.#makeRoom(now)
    if (this.size >= this.#maxKeys) {
      if (this.#overflow.ends <= now) this.#overflow = { ...begun, key: '' }
      return this.#overflow
    }
    // Taking back an attempt of a window that is over starts no new one.
    if (points > 0) this.#belowLimit.push(begun)
    return begun
  }

  /** Each key is deleted once, so over time this needs no more steps than there were keys. */
  #makeRoom(now: number): void {
    for (const queue of [this.#belowLimit, this.#inForce]) {
      while (queue.oldest && queue.oldest.ends <= now) queue.delete(queue.oldest.key)
    }
    if (this.size >= this.#maxKeys && this.#belowLimit.oldest) this.#belowLimit.delete(this.#belowLimit.oldest.key)
  }
}
