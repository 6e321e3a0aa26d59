import { z } from 'zod'

/** The option `applicationPasswords`. */
export interface ApplicationPasswordsOptions {
  /**
   * How they are stored. `generic`, by default, is WordPress's own fast hash, right for 142 random bits; `argon2id` is for
   * sites whose policy demands a memory-hard one.
   */
  hash?: 'generic' | 'argon2id'
  /**
   * Whether a caller that came in with an application password may issue, list, rename and revoke others, as in
   * WordPress. `false` by default: only a person at a browser issues, and one stolen password cannot make more.
   */
  allowManagement?: boolean
}

export const applicationPasswordsSchema = z
  .strictObject({
    hash: z.enum(['generic', 'argon2id']).default('generic'),
    allowManagement: z.boolean().default(false),
  })
  .prefault({})

/** The option as it is once checked: every member is there. */
export type CheckedApplicationPasswords = z.output<typeof applicationPasswordsSchema>
