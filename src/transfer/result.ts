/** What became of one user who was to move from or to a WordPress. */
export interface MovedUser {
  login: string
  /** `refused`: neither the user nor any of their application passwords; `present`: was there already. */
  outcome: 'moved' | 'present' | 'refused'
  /** How many application passwords moved, and how many were there already. */
  moved: number
  present: number
  /** What did not move or is not as it was, and why: sentences for people. */
  problems: string[]
}

/** Why a user does not move: a sentence for people. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
}
