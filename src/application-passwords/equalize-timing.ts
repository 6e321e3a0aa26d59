import { setTimeout } from 'node:timers/promises'

const TICK_MS = 10

/** Whole milliseconds of the clock that timers go by. */
export const nowMs = (): number => Number(process.hrtime.bigint() / 1_000_000n)

/**
 * Ends whole ticks after `began`. A user who is there takes a row longer to look up than one who is not, in the package's
 * table or the host's; in ticks, both take as long. Whole milliseconds, because a timer knows no others: what is left of one
 * would tell the difference all the same.
 *
 * @param began as `nowMs()` had it
 */
export async function waitForNextTick(began: number): Promise<void> {
  const passed = nowMs() - began
  await setTimeout(TICK_MS - (passed % TICK_MS))
}
