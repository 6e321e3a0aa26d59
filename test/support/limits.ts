import type { ExecutionContext } from 'ava'

/**
 * Waits so many milliseconds, not as many as the package does, until the test ends. That goes for the whole process, so the
 * tests of such a file run one after the other, or all wait as long.
 */
export function waitOnly(
  t: Pick<ExecutionContext, 'teardown'>,
  limits: { waitMs: number },
  milliseconds: number,
): void {
  const before = limits.waitMs
  limits.waitMs = milliseconds
  t.teardown(() => {
    limits.waitMs = before
  })
}

/** As good as for ever: a test that waits so long fails by ava's own limit. */
export const FOR_EVER = 2 ** 31 - 1
