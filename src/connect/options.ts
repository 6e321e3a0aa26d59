import type { Knex } from 'knex'
import { z } from 'zod'
import { type ApplicationPasswordsOptions, applicationPasswordsSchema } from '../application-passwords/options.ts'
import type { ScopeGroup } from '../content/caller.ts'
import type { Content } from '../content/content.ts'
import type { ContentContext } from '../content/content-context.ts'
import { contentSchema, contentScopesSchema } from '../content/options.ts'
import { tablePrefixSchema } from '../database/table-prefix.ts'
import { APPS_PATH, type OAuthOptions, oauthSchema } from '../oauth/options.ts'
import { checkPages, type PagesOptions, pagesSchema } from '../pages/options.ts'
import { environmentSchema, type SiteOptions, siteSchema } from '../site.ts'
import { throttleSchema } from '../throttle/options.ts'
import type { RedisClient } from '../throttle/redis-store.ts'
import type { Users } from '../users/user.ts'
import type { UsersContext } from '../users/users-context.ts'
import { checkBy } from '../values/check-options.ts'
import { usersSchema } from './build-users.ts'
import { isReservedPath } from './own-paths.ts'

/**
 * Options of `createConnect()`. They are checked once, at construction; a bad one throws an `OptionsError` that names it.
 */
export interface ConnectOptions<U extends Users = Users> {
  /** Your Knex instance. The package never destroys it. */
  knex: Knex
  site: SiteOptions
  /**
   * A random string of 32 characters or more, the same in every process. It signs form tokens and cookies and encrypts the
   * keys of ID tokens.
   */
  secret: string
  /** Your users, or `embeddedUsers()`. */
  users: U | ((parts: UsersContext) => U)
  /** Path prefixes under which credentials are read, in addition to `/wp-json`. `['/api']` by default. */
  api?: readonly string[]
  /**
   * Whether the package answers CORS preflights under the prefixes of `api`, and lets scripts of every origin read its
   * error responses there, without cookies. `false` by default. Your own routes must set CORS headers themselves.
   */
  cors?: boolean
  /**
   * Like WordPress's `WP_ENVIRONMENT_TYPE`. `local` allows application passwords and OAuth over plain http. `production` by
   * default.
   */
  environment?: 'local' | 'development' | 'staging' | 'production'
  /** Prefix of the names of the package's tables: letters, digits, `_`. `connect_` by default. */
  tablePrefix?: string
  applicationPasswords?: ApplicationPasswordsOptions
  /**
   * Whether a change of a user's account password also revokes their application passwords and disconnects their apps.
   * `false` by default, as in WordPress: application passwords and tokens are separate secrets that the account password
   * does not reveal, and every integration would stop. The user's sessions end in any case. See
   * `connect.passwordChanged()`.
   */
  revokeOnPasswordChange?: boolean
  /**
   * Where failed attempts are counted. `memory` (the default): each process counts alone, so several processes together
   * allow several times as many attempts. `database`: in a table that all processes share. `{ redis }`: in Redis, through
   * an ioredis client of yours, which the package never closes. While the database or Redis is unavailable, attempts are
   * counted in memory.
   */
  throttle?: 'memory' | 'database' | { redis: RedisClient }
  /** Lets applications ask users for access by OAuth. Without this option, OAuth is neither loaded nor mounted. */
  oauth?: OAuthOptions
  /**
   * Your site's posts, pages, media and terms, or `embeddedContent()`. WordPress clients read and write them under
   * `/wp-json/wp/v2`. Without this option, none of it is loaded or mounted.
   */
  content?: Content | ((parts: ContentContext) => Content)
  /**
   * Which of your OAuth scopes allow an application to write posts, upload media and manage terms, and to read what is not
   * public. `{ posts: 'posts', media: 'media', taxonomy: 'taxonomy' }` by default, as WordPress.com names them.
   */
  contentScopes?: Partial<Record<ScopeGroup, string>>
  /** How the pages look, and in which language. */
  pages?: PagesOptions
}

const API_PATHS = 'expected an array of paths, such as ["/api"]'
const API_PATH =
  'expected a path such as "/api"; if your whole site is an API, list the first segments of its paths, such as "/posts"'
const SECRET = 'expected at least 32 random characters'

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
  content: contentSchema.optional(),
  contentScopes: contentScopesSchema,
  pages: pagesSchema,
})

const wholeSchema = optionsSchema.superRefine(checkPages).superRefine(({ oauth }, context) => {
  if (oauth && isReservedPath(oauth.appsPath))
    context.addIssue({ code: 'custom', path: ['oauth', 'appsPath'], message: APPS_PATH })
})

export type CheckedOptions = z.output<typeof optionsSchema>

/** @throws OptionsError that names every bad option, its value and the expected value */
export function checkOptions(options: unknown): CheckedOptions {
  return checkBy(wholeSchema, options, 'createConnect')
}
