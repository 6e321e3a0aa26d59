import { availableParallelism } from 'node:os'
import { ConnectError } from '../errors.ts'

/**
 * Slow hashes that are computed at once. Each takes a thread of libuv's pool, where queries of SQLite wait as well, and a
 * core: half of the threads and one core are left for everything else.
 */
export const CONCURRENCY = Math.max(
  1,
  // What is no number is one thread, as libuv takes it.
  Math.min(Math.floor((Number(process.env.UV_THREADPOOL_SIZE ?? 4) || 1) / 2), availableParallelism() - 1),
)
/** So that a flood of log-ins takes no more memory. */
export const MAX_QUEUE = 100
/** Of one login: whoever guesses at it keeps those waiting who log in there, and nobody else. */
export const MAX_QUEUE_OF_KEY = 10

/** Whose turn slow work waits for. */
export interface QueueOptions {
  /** Whom it is about; without one, it waits by itself. */
  queueKey?: string
  /** Every second turn at least: for those who cannot be many, so that no queue of others keeps them out. */
  hasPriority?: boolean
}

/** Those who wait, by whom they ask about. A key whose turn it was goes to the end. */
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

  /** @returns what lets the next one go on; undefined if nobody waits. */
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

/** The place passes straight to the next in the queue, or is given back. */
function passOn(): void {
  // By turns: whoever has an account is first at a browser of theirs, and may log in there without end.
  const [preferred, otherwise] = isFirsts ? [first, others] : [others, first]
  isFirsts = !isFirsts
  const goOn = preferred.next() ?? otherwise.next()
  if (goOn) goOn()
  else running--
}

/**
 * Does slow work when it is its turn: few at once, and each key in turn.
 *
 * @throws ConnectError `busy` when too many wait
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
