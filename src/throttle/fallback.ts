import type { CounterStore } from './counter-store.ts'
import { createMemoryStore } from './memory-store.ts'
import { driversOwn, isOutage } from './outage.ts'

/** Longer than a healthy store takes, and short enough for a person who waits. */
export const limits = { waitMs: 1000 } // tests wait less, or more
const RETRY_AFTER_MS = 2000

type State = 'shared' | 'outage' | 'error'

const CODES = { shared: 'throttle_shared', outage: 'throttle_not_shared', error: 'throttle_error' }

/**
 * Falls back to in-memory counts while the shared store fails, so that it never fails a request. The first request that
 * finds it unavailable waits 1 second at most; after that, one request every few seconds probes it. Each change is reported
 * once: an outage, which ends by itself; an error, which needs fixing; and that the counts are shared again.
 */
export function withFallback(
  shared: CounterStore,
  what: string,
  report: (error: unknown) => void,
  retryAfterMs = RETRY_AFTER_MS,
): CounterStore {
  const memory = createMemoryStore()
  let state: State = 'shared'
  let retryAt = 0

  function tell(now: State, message: string, cause?: unknown): void {
    if (state === now) return
    state = now
    report(Object.assign(new Error(message, { cause }), { name: 'ThrottleWarning', code: CODES[now] }))
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
    // Only this request probes the store; the others do not wait for the result.
    retryAt = Date.now() + retryAfterMs
    try {
      const result = await within(limits.waitMs, work(shared))
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
    timer = setTimeout(() => reject(new Error(`no response within ${ms} ms`)), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
