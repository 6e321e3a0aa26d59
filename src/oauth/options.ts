import { z } from 'zod'
import { DEFAULT_APPS_PATH } from './paths.ts'

/**
 * The option `oauth`.
 *
 * @example
 * const oauth = {
 *   scopes: { posts: 'View and manage posts', media: 'View and manage media' },
 *   defaultScopes: ['posts'],
 * }
 */
export interface OAuthOptions {
  /**
   * The scopes that applications may request, with the text that users read: `{ posts: 'View and manage posts' }`. Names
   * have 1 to 64 letters, digits and `_ . : -`. `auth` (who the user is) and `global` (all of the user's sites) always
   * exist.
   */
  scopes: Readonly<Record<string, string>>
  /** Granted to an application that requests no scope. By default all scopes, as on WordPress.com. */
  defaultScopes?: readonly string[]
  /**
   * Whether applications may introduce themselves, as MCP clients do. `register`: they register themselves (RFC 7591).
   * `documents`: they describe themselves by client ID metadata documents at URLs of their own, which this server fetches.
   * `true` allows both; members missing in an object are off. Users are told that such an application has not been
   * verified. `false` by default.
   */
  registration?: boolean | { register?: boolean; documents?: boolean }
  /**
   * For how many seconds after its first use a refresh token still returns new tokens to the same client, five times at
   * most, because a response may be lost. A thief with a copy has the same time. After that, a second use ends the grant. 0
   * to 60; 20 by default.
   */
  refreshGrace?: number
  /**
   * Path of the pages where applications are registered, below the site's root. It must not be one of the package's own
   * paths. `/apps` by default.
   */
  appsPath?: string
}

const WORDS = 'expected a text for users of 1 to 300 characters'
const GRACE = 'expected a whole number of seconds from 0 to 60'
export const APPS_PATH = 'expected a path such as "/developers/apps", but not a path of the package'
const RESERVED_SCOPES = new Set(['auth', 'global', 'openid', 'profile', 'email', 'offline_access'])

const flag = z.boolean('expected true or false').default(false)
const registrationSchema = z.union(
  [z.boolean().transform(on => ({ register: on, documents: on })), z.strictObject({ register: flag, documents: flag })],
  'expected true, false or an object such as { documents: true }',
)

export const oauthSchema = z
  .strictObject({
    scopes: z
      .record(
        z
          .string()
          .regex(/^[\w.:-]{1,64}$/, 'expected a name of 1 to 64 letters, digits and _ . : -')
          .refine(name => !RESERVED_SCOPES.has(name), 'this scope name is reserved'),
        z.string(WORDS).min(1, WORDS).max(300, WORDS),
        'expected an object such as { posts: "View and manage posts" }',
      )
      .refine(scopes => Object.keys(scopes).length > 0, 'expected at least one scope'),
    defaultScopes: z.array(z.string()).min(1, 'expected at least one scope').optional(),
    registration: registrationSchema.default({ register: false, documents: false }),
    refreshGrace: z.number(GRACE).int(GRACE).min(0, GRACE).max(60, GRACE).default(20),
    appsPath: z
      .string(APPS_PATH)
      .regex(/^(?:\/[\w~-][\w.~-]*){1,8}$/, APPS_PATH)
      .default(DEFAULT_APPS_PATH),
  })
  .superRefine(({ scopes, defaultScopes = [] }, context) => {
    for (const [index, name] of defaultScopes.entries()) {
      if (!Object.hasOwn(scopes, name)) {
        context.addIssue({ code: 'custom', path: ['defaultScopes', index], message: 'expected one of oauth.scopes' })
      }
    }
  })
  .transform(oauth => ({ ...oauth, defaultScopes: oauth.defaultScopes ?? Object.keys(oauth.scopes) }))

/** The checked option, with defaults filled in. */
export type CheckedOAuth = z.output<typeof oauthSchema>
