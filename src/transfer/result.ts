/** The result of importing one user from, or exporting one user to, a WordPress. */
export interface TransferResult {
  login: string
  /**
   * `skipped`: neither the user nor any of their application passwords was transferred. `existing`: the user existed
   * already.
   */
  outcome: 'transferred' | 'existing' | 'skipped'
  /** Number of application passwords that were transferred, and that existed already. */
  transferred: number
  existing: number
  /** Sentences for people about data that was left out or changed. */
  problems: string[]
}

/** Thrown to skip a user. The message is a sentence for people. */
export class SkipUser extends Error {
  override readonly name = 'SkipUser'
}
