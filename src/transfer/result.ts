/** What became of one user of an import from, or an export to, a WordPress. */
export interface TransferResult {
  login: string
  /** `skipped`: neither the user nor any of their application passwords; `existing`: was there already. */
  outcome: 'transferred' | 'existing' | 'skipped'
  /** How many application passwords were transferred, and how many were there already. */
  transferred: number
  existing: number
  /** What was left out or changed, and why: sentences for people. */
  problems: string[]
}

/** Why a user is skipped: a sentence for people. */
export class SkipUser extends Error {
  override readonly name = 'SkipUser'
}
