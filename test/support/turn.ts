import type { ExecutionContext } from 'ava'

/**
 * Tests of one file whose sites are up together. ava would start all of a file's tests at once: browsers, processes and
 * database connections enough to starve each other until something times out.
 */
const CONCURRENCY = 3

const having = new Set<ExecutionContext>()
const waiting: (() => void)[] = []

/** Waits until few enough other tests are under way; the turn is over when the test is. */
export async function takeTurn(t: ExecutionContext): Promise<void> {
  if (having.has(t)) return
  while (having.size >= CONCURRENCY) await new Promise<void>(resolve => waiting.push(resolve))
  having.add(t)
  t.teardown(() => {
    having.delete(t)
    waiting.shift()?.()
  })
}
