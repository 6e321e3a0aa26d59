/** Limits concurrent work: up to a number run, as many more may wait, and all others are rejected. */
export interface ConcurrencyLimit {
  /**
   * Takes a slot, or waits for one.
   *
   * @param caller who takes the slot
   * @returns a function that releases the slot
   * @throws Error if the caller has too many, or too many wait already; the signal's reason when it aborts
   */
  take(caller: string, signal: AbortSignal): Promise<() => void>
}

/** @param maxOfOne how many slots one caller may have or wait for, so that none takes all */
export function createConcurrencyLimit(max: number, maxOfOne: number): ConcurrencyLimit {
  let taken = 0
  const waiting = new Set<() => void>()
  /** Number of slots that each caller has or waits for. */
  const callers = new Map<string, number>()

  function leave(caller: string): void {
    const others = (callers.get(caller) ?? 0) - 1
    if (others > 0) callers.set(caller, others)
    else callers.delete(caller)
  }

  /** Gives the slot to the caller that has waited longest. */
  function giveBack(): void {
    const [next] = waiting
    if (next) next()
    else taken--
  }

  async function wait(signal: AbortSignal): Promise<void> {
    if (waiting.size >= max) throw new Error(`${max} requests are running, and as many are waiting.`)
    await new Promise<void>((resolve, reject) => {
      const begin = () => {
        waiting.delete(begin)
        resolve()
      }
      waiting.add(begin)
      signal.addEventListener('abort', () => waiting.delete(begin) && reject(signal.reason), { once: true })
    })
  }

  return {
    async take(caller, signal) {
      signal.throwIfAborted()
      const others = callers.get(caller) ?? 0
      // Rejected at once: others may share this work, and would have to wait too.
      if (others >= maxOfOne) throw new Error(`${others} requests of this caller are running.`)
      callers.set(caller, others + 1)
      try {
        if (taken < max) taken++
        else await wait(signal)
      } catch (error) {
        leave(caller)
        throw error
      }
      let isTaken = true
      return () => {
        if (!isTaken) return
        isTaken = false
        leave(caller)
        giveBack()
      }
    },
  }
}
