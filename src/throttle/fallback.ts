import type { CounterStore } from './counts.ts'
import { createMemoryCounts } from './memory-counts.ts'
import { driversOwn, isOutage } from './outage.ts'

/** Longer than a store takes that is there, and short enough for somebody who waits for an answer. */
const MAX_WAIT_MS = 1000
const RETRY_AFTER_MS = 2000

type State = 'shared' | 'outage' | 'error'

const CODES = { shared: 'throttle_shared', outage: 'throttle_not_shared', error: 'throttle_error' }

/**
 * Falls back to counts in the process while the shared store fails, so that it never fails a request, nor makes one wait: the first
 * that finds it away waits a second at most, and then one every few seconds. Reports each change once: an outage, which ends by
 * itself, an error, which somebody has to mend, and that the counts are shared again.
 */
export function withFallback(
  shared: CounterStore,
  what: string,
  report: (error: unknown) => void,
  retryAfterMs = RETRY_AFTER_MS,
): CounterStore {
  const memory = createMemoryCounts()
  let state: State = 'shared'
  let retryAt = 0

  function tell(now: State, words: string, cause?: unknown): void {
    if (state === now) return
    state = now
    report(Object.assign(new Error(words, { cause }), { name: 'ThrottleWarning', code: CODES[now] }))
  }

  function tellFailure(error: unknown): void {
    const reason = reasonOf(error)
    if (isOutage(error)) {
      tell('outage', `Failed attempts are counted in each process while ${what} cannot be reached: ${reason}`, error)
    } else {
      tell(
        'error',
        `Failed attempts are counted in each process, not in ${what}, until this error is fixed: ${reason}`,
        error,
      )
    }
  }

  async function either<T>(work: (counts: CounterStore) => Promise<T>): Promise<T> {
    if (state !== 'shared' && Date.now() < retryAt) return work(memory)
    // Only this one tries; the others do not wait for what it finds.
    retryAt = Date.now() + retryAfterMs
    try {
      const result = await within(MAX_WAIT_MS, work(shared))
      tell('shared', `Failed attempts are counted in ${what} again.`)
      return result
    } catch (error) {
      retryAt = Date.now() + retryAfterMs
      tellFailure(error)
      return work(memory)
    }
  }

  return {
    add: (counted, points) => either(counts => counts.add(counted, points)),
    forget: counted => either(counts => counts.forget(counted)),
  }
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
