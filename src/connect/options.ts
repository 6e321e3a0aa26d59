import type { Knex } from 'knex'
import { z } from 'zod'
import { type ApplicationPasswordsOptions, applicationPasswordsSchema } from '../application-passwords/options.ts'
import { tablePrefixSchema } from '../database/table-prefix.ts'
import { APPS_PATH, type OAuthOptions, oauthSchema } from '../oauth/options.ts'
import { checkPages, type PagesOptions, pagesSchema } from '../pages/options.ts'
import { environmentSchema, type SiteOptions, siteSchema } from '../site.ts'
import { throttleSchema } from '../throttle/options.ts'
import type { RedisClient } from '../throttle/redis-counts.ts'
import type { Users } from '../users/user.ts'
import type { UsersContext } from '../users/users-context.ts'
import { checkBy } from '../values/check-options.ts'
import { usersSchema } from './build-users.ts'
import { isReservedPath } from './own-paths.ts'

/** Options of `createConnect()`. Checked once, at construction; a bad one throws an `OptionsError` that names it. */
export interface ConnectOptions<U extends Users = Users> {
  /** The host's own Knex instance; it is never destroyed here. */
  knex: Knex
  site: SiteOptions
  /**
   * 32 characters or more, random, the same in every process: form tokens and cookies are signed with it, and the keys of ID
   * tokens encrypted.
   */
  secret: string
  /** The host's users, or `embeddedUsers()`. */
  users: U | ((parts: UsersContext) => U)
  /** Further prefixes of paths under which credentials are read, beside `/wp-json`. `['/api']` by default. */
  api?: readonly string[]
  /**
   * Whether the package answers preflights under the prefixes of `api` and lets scripts of every origin read what it refuses
   * there, without cookies. `false` by default. What your own routes answer is yours to allow.
   */
  cors?: boolean
  /** As WordPress's `WP_ENVIRONMENT_TYPE`: `local` allows application passwords and OAuth over plain http. `production` by default. */
  environment?: 'local' | 'development' | 'staging' | 'production'
  /** Begins the names of the package's tables: letters, digits, `_`. `connect_` by default. */
  tablePrefix?: string
  applicationPasswords?: ApplicationPasswordsOptions
  /**
   * Whether a change of a user's account password revokes their application passwords and disconnects their apps as well.
   * `false` by default, as WordPress does it: each has a secret of its own that the account's password says nothing of, and
   * every integration would stop. Their sessions end in any case. See `connect.passwordChanged()`.
   */
  revokeOnPasswordChange?: boolean
  /**
   * Where failed attempts are counted. `memory`, by default: in each process for itself, so that several processes together
   * allow several times as many. `database`: in a table, by all processes of this database together. `{ redis }`: in Redis,
   * by an ioredis client of yours; it is never closed here. While the database or Redis is away, in memory.
   */
  throttle?: 'memory' | 'database' | { redis: RedisClient }
  /** Lets applications ask users for access by OAuth. Without it nothing of OAuth is loaded or mounted. */
  oauth?: OAuthOptions
  /** How the pages look and what language they speak. */
  pages?: PagesOptions
}

const API_PATHS = 'expected a list of paths, such as ["/api"]'
const API_PATH =
  'expected a path such as "/api"; if your whole site is an API, list the first parts of its paths, such as "/posts"'
const SECRET = 'expected 32 random characters or more'

const knexSchema = z.custom<Knex>(
  value => typeof value === 'function' && 'client' in value && 'migrate' in value,
  'expected a Knex instance: knex({ client, connection })',
)

const optionsSchema = z.strictObject({
  knex: knexSchema,
  site: siteSchema,
  secret: z.string(SECRET).min(32, SECRET),
  users: usersSchema,
  api: z.array(z.string(API_PATH).regex(/^\/.*[^/]$/, API_PATH), API_PATHS).default(['/api']),
  cors: z.boolean('expected true or false').default(false),
  environment: environmentSchema,
  tablePrefix: tablePrefixSchema,
  applicationPasswords: applicationPasswordsSchema,
  revokeOnPasswordChange: z.boolean('expected true or false').default(false),
  throttle: throttleSchema,
  oauth: oauthSchema.optional(),
  pages: pagesSchema,
})

const wholeSchema = optionsSchema.superRefine(checkPages).superRefine(({ oauth }, context) => {
  if (oauth && isReservedPath(oauth.appsPath))
    context.addIssue({ code: 'custom', path: ['oauth', 'appsPath'], message: APPS_PATH })
})

export type CheckedOptions = z.output<typeof optionsSchema>

/** @throws OptionsError that names every bad option, what was given and what is expected. */
export function checkOptions(options: unknown): CheckedOptions {
  return checkBy(wholeSchema, options, 'createConnect')
}
