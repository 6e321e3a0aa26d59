import { setTimeout } from 'node:timers/promises'

const TICK_MS = 10

/** Tests replace it. */
export interface Clock {
  /** Whole milliseconds of the clock that timers use. */
  now(): number
  wait(ms: number): Promise<unknown>
}

export const systemClock: Clock = {
  now: () => Number(process.hrtime.bigint() / 1_000_000n),
  wait: ms => setTimeout(ms),
}

/**
 * Waits until a whole number of ticks has passed since `began`. Looking up an existing user takes slightly longer than
 * looking up an unknown one, in the package's table or the host's. Rounded up to ticks, both take equally long. Timers have
 * whole milliseconds only: a fraction that is left over would still reveal the difference.
 *
 * @param began a value of `clock.now()`
 */
export async function waitForNextTick(began: number, clock: Clock): Promise<void> {
  const passed = clock.now() - began
  await clock.wait(TICK_MS - (passed % TICK_MS))
}
