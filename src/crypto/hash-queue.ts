import { availableParallelism } from 'node:os'
import { ConnectError } from '../errors.ts'

/**
 * Number of slow hashes that run at the same time. Each uses a core and a thread of libuv's pool, which SQLite's queries
 * need too. So half of the threads and one core stay free.
 */
export const CONCURRENCY = Math.max(
  1,
  // libuv treats a value that is not a number as one thread.
  Math.min(Math.floor((Number(process.env.UV_THREADPOOL_SIZE ?? 4) || 1) / 2), availableParallelism() - 1),
)
/** Limits the memory that a flood of logins can use. */
export const MAX_QUEUE = 100
/** Limit per login: guesses at one login delay only other attempts at the same login. */
export const MAX_QUEUE_OF_KEY = 10

/** How slow work waits in the queue. */
export interface QueueOptions {
  /** Work with the same key, such as a login, shares a place in the queue. Without a key it has its own place. */
  queueKey?: string
  /** High priority: served at least every second turn, so that a flood of other logins cannot starve these. */
  hasPriority?: boolean
}

/** Waiting work by key. After its turn, a key moves to the end. */
class Queue {
  readonly #waiting = new Map<string | symbol, (() => void)[]>()
  #length = 0

  wait(queueKey: string | symbol = Symbol('alone')): Promise<void> {
    const waiting = this.#waiting.get(queueKey) ?? []
    if (this.#length >= MAX_QUEUE || waiting.length >= MAX_QUEUE_OF_KEY) throw new ConnectError('busy')
    this.#waiting.set(queueKey, waiting)
    this.#length++
    return new Promise(resolve => waiting.push(resolve))
  }

  /** @returns a function that lets the next work continue; undefined if none is waiting */
  next(): (() => void) | undefined {
    const [queueKey, waiting] = this.#waiting.entries().next().value ?? []
    if (queueKey === undefined || !waiting) return undefined
    const goOn = waiting.shift()
    this.#waiting.delete(queueKey)
    if (waiting.length > 0) this.#waiting.set(queueKey, waiting)
    this.#length--
    return goOn
  }
}

let running = 0
const first = new Queue()
const others = new Queue()
let isFirsts = true

/** Passes the slot to the next work in the queue, or releases it. */
function passOn(): void {
  // Alternates, because an account holder has priority at a known browser and could log in there endlessly.
  const [preferred, otherwise] = isFirsts ? [first, others] : [others, first]
  isFirsts = !isFirsts
  const goOn = preferred.next() ?? otherwise.next()
  if (goOn) goOn()
  else running--
}

/**
 * Runs slow work in turn: few at the same time, and each key in turn.
 *
 * @throws ConnectError `busy` if too much work is waiting
 */
export async function queueHash<T>(
  work: () => Promise<T>,
  { queueKey, hasPriority = false }: QueueOptions = {},
): Promise<T> {
  if (running >= CONCURRENCY) await (hasPriority ? first : others).wait(queueKey)
  else running++
  try {
    return await work()
  } finally {
    passOn()
  }
}
