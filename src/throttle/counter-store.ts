/** A counter. */
export interface CounterKey {
  /**
   * The kind of counter, such as `log-in pair`. Each kind has separate memory, so that a flood of one does not displace
   * another.
   */
  kind: string
  /** Identifies the counter within its kind. */
  key: string
  /** Length of the window, which starts with the first count. The same for all counters of a kind. */
  seconds: number
  /** Maximum count. A counter that has reached it is never dropped before its window ends. */
  limit: number
}

/** The current count, and the seconds until the window ends. */
export interface CounterValue {
  points: number
  secondsLeft: number
}

/** Where failed attempts are counted: in the process, or shared with other processes. */
export interface CounterStore {
  /** Adds `points` to each counter, and returns the new values. */
  add(counted: readonly CounterKey[], points: 1 | -1): Promise<CounterValue[]>
  forget(counted: CounterKey): Promise<void>
}
