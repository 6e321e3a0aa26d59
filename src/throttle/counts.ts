/** What is counted, and for how many seconds from the first time on. */
export interface Counted {
  key: string
  seconds: number
}

/** How often it happened, and the seconds until its count begins anew. */
export interface Count {
  points: number
  secondsLeft: number
}

/** Where failed attempts are counted: in the process, or shared with others. */
export interface Counts {
  /** Adds `points` to each of them, at once, and answers what they are now. */
  add(counted: readonly Counted[], points: 1 | -1): Promise<Count[]>
  forget(key: string): Promise<void>
}
