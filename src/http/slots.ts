/** So many at once, so many more that wait, and no others. */
export interface Slots {
  /**
   * Takes a slot, or waits for one.
   *
   * @returns what gives it back
   * @throws Error where too many wait already; the signal's reason once it aborts
   */
  take(signal: AbortSignal): Promise<() => void>
}

export function createSlots(max: number, maxWaiting: number): Slots {
  let taken = 0
  const waiting = new Set<() => void>()

  /** Whoever waits longest gets the slot. */
  function giveBack(): void {
    const [next] = waiting
    if (next) next()
    else taken--
  }

  return {
    async take(signal) {
      signal.throwIfAborted()
      if (taken < max) taken++
      else if (waiting.size >= maxWaiting) throw new Error(`More than ${max} are under way, and ${maxWaiting} wait.`)
      else {
        await new Promise<void>((resolve, reject) => {
          const begin = () => {
            waiting.delete(begin)
            resolve()
          }
          waiting.add(begin)
          signal.addEventListener('abort', () => waiting.delete(begin) && reject(signal.reason), { once: true })
        })
      }
      let isTaken = true
      return () => {
        if (isTaken) giveBack()
        isTaken = false
      }
    },
  }
}
