import { setTimeout } from 'node:timers/promises'

const TICK_MS = 10

/** Whole milliseconds of the clock that timers use. */
export const nowMs = (): number => Number(process.hrtime.bigint() / 1_000_000n)

/**
 * Waits until a whole number of ticks has passed since `began`. Looking up an existing user takes slightly longer than
 * looking up an unknown one, in the package's table or the host's. Rounded up to ticks, both take equally long. Timers have
 * whole milliseconds only: a fraction that is left over would still reveal the difference.
 *
 * @param began a value of `nowMs()`
 */
export async function waitForNextTick(began: number): Promise<void> {
  const passed = nowMs() - began
  await setTimeout(TICK_MS - (passed % TICK_MS))
}
