import type { CounterKey, CounterStore, CounterValue } from './counts.ts'
import { type Window, WindowQueue } from './window-queue.ts'

/**
 * Keys of one kind that are remembered, some 2 MB of them: a caller with very many addresses, or one who makes up very many
 * logins, must not fill the memory. There are about two dozen kinds, so all of them together take some 50 MB at most.
 */
const MAX_KEYS = 10_000

/** Counts of this process alone. rate-limiter-flexible's would keep a timer for each key, and as many keys as come. */
export function createMemoryCounts(maxKeys: number = MAX_KEYS): CounterStore & { size(): number } {
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
 * The counts of one kind. When it is full, the oldest of those below their limit make room. Those that reached it stay until
 * their time is over, or a flood of other keys would lift a limit. Where all are such, new keys share one count.
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
    // What was taken back as a whole leaves nothing, or attempts that do not count would push out those that do.
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
    // What is taken back of a count that is over starts none.
    if (points > 0) this.#belowLimit.push(begun)
    return begun
  }

  /** Each key is deleted once, so over time this costs no more steps than there were keys. */
  #makeRoom(now: number): void {
    for (const queue of [this.#belowLimit, this.#inForce]) {
      while (queue.oldest && queue.oldest.ends <= now) queue.delete(queue.oldest.key)
    }
    if (this.size >= this.#maxKeys && this.#belowLimit.oldest) this.#belowLimit.delete(this.#belowLimit.oldest.key)
  }
}
