import type { CounterStore } from './counts.ts'
import { createMemoryCounts } from './memory-counts.ts'

/** Longer than a store takes that is there, and short enough for somebody who waits for an answer. */
const MAX_WAIT_MS = 1000
const RETRY_AFTER_MS = 2000

/**
 * Counts in the process while the shared store is away, so that it never fails a request, nor makes one wait: the first
 * that finds it away waits a second at most, and then one every few seconds. Says so once, and once when it is back.
 */
export function withFallback(shared: CounterStore, what: string, report: (error: unknown) => void): CounterStore {
  const memory = createMemoryCounts()
  let isAway = false
  let retryAt = 0

  function tell(isAwayNow: boolean, words: string, code: string, cause?: unknown): void {
    if (isAway === isAwayNow) return
    isAway = isAwayNow
    report(Object.assign(new Error(words, { cause }), { name: 'ThrottleWarning', code }))
  }

  async function either<T>(work: (counts: CounterStore) => Promise<T>): Promise<T> {
    if (isAway && Date.now() < retryAt) return work(memory)
    // Only this one tries; the others do not wait for what it finds.
    retryAt = Date.now() + RETRY_AFTER_MS
    try {
      const result = await within(MAX_WAIT_MS, work(shared))
      tell(false, `Failed attempts are counted in ${what} again.`, 'throttle_shared')
      return result
    } catch (error) {
      retryAt = Date.now() + RETRY_AFTER_MS
      const why = isRefusal(error) ? 'answers with an error' : 'cannot be reached'
      const words = `Failed attempts are counted in each process for now, because ${what} ${why}: ${reasonOf(error)}`
      tell(true, words, 'throttle_not_shared', error)
      return work(memory)
    }
  }

  return {
    add: (counted, points) => either(counts => counts.add(counted, points)),
    forget: counted => either(counts => counts.forget(counted)),
  }
}

/** A database's error is ours, with the driver's own as its cause. */
const driversOwn = (error: unknown): unknown => (error as { cause?: unknown }).cause ?? error

/**
 * Whether the store is there and does not do what it is asked, as without its table or for want of a right: waiting does not
 * help. SQLSTATE classes 08, 53 and 57 of PostgreSQL are outages.
 */
function isRefusal(error: unknown): boolean {
  const { code, name } = driversOwn(error) as { code?: unknown; name?: unknown }
  if (name === 'ReplyError') return true // Redis
  return /^(ER_(?!CON_COUNT|SERVER_SHUTDOWN)|SQLITE_(ERROR|READONLY)|(?!08|53|57)\d[\dA-Z]{4}$)/.test(String(code))
}

function reasonOf(error: unknown): string {
  const reason = driversOwn(error)
  return reason instanceof Error ? reason.message : String(reason)
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
