import { z } from 'zod'

/** The option `applicationPasswords`. */
export interface ApplicationPasswordsOptions {
  /**
   * How they are hashed. `generic` (the default) is WordPress's fast hash, which is right for 142 random bits. `argon2id`
   * is for sites whose policy requires a memory-hard hash.
   */
  hash?: 'generic' | 'argon2id'
  /**
   * Whether a request that is authenticated by an application password may create, list, rename and revoke others, as in
   * WordPress. `false` by default: only a person at a browser can create them, so a stolen one cannot create more.
   */
  allowManagement?: boolean
}

export const applicationPasswordsSchema = z
  .strictObject({
    hash: z.enum(['generic', 'argon2id']).default('generic'),
    allowManagement: z.boolean().default(false),
  })
  .prefault({})

/** The checked option, with defaults filled in. */
export type CheckedApplicationPasswords = z.output<typeof applicationPasswordsSchema>
