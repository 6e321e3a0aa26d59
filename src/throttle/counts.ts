/** One thing that is counted. */
export interface CounterKey {
  /** What it is a count of, such as `log-in pair`. Each kind has memory of its own, so that a flood of one pushes out no other. */
  kind: string
  /** Which one of the kind. */
  key: string
  /** How long it counts, from the first time on. The same for all of a kind. */
  seconds: number
  /** How often it may happen. A count that has reached it is in force: it is never forgotten before its time. */
  limit: number
}

/** How often it happened, and the seconds until its count starts again. */
export interface CounterValue {
  points: number
  secondsLeft: number
}

/** Where failed attempts are counted: in the process, or shared with others. */
export interface CounterStore {
  /** Adds `points` to each of them at once, and returns what they are now. */
  add(counted: readonly CounterKey[], points: 1 | -1): Promise<CounterValue[]>
  forget(counted: CounterKey): Promise<void>
}
