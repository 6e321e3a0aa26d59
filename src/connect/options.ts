import type { Knex } from 'knex'
import { z } from 'zod'
import type { UsersParts } from '../embedded-users/internals.ts'
import { type OAuthOptions, oauthSchema } from '../oauth/options.ts'
import { checkPages, type PagesOptions, pagesSchema } from '../pages/options.ts'
import type { RedisClient } from '../throttle/redis-counts.ts'
import type { Users } from '../users/user.ts'
import { checkBy } from '../values/check-options.ts'
import { usersSchema } from './build-users.ts'

/** What the host says of its site. */
export interface SiteOptions {
  /** Where a browser sees the root that the middleware is mounted at, such as `https://example.com` or `https://example.com/blog`. */
  url: string
  /** As people know the site. */
  name: string
  /** One sentence; goes out in the REST index. */
  description?: string
}

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
  users: U | ((parts: UsersParts) => U)
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
  applicationPasswords?: {
    /**
     * How they are stored. `generic`, by default, is WordPress's own fast hash, right for 142 random bits; `argon2id` is for
     * sites whose policy demands a memory-hard one.
     */
    hash?: 'generic' | 'argon2id'
    /**
     * Whether a caller that came in with an application password may issue, list, rename and revoke others, as in
     * WordPress. `false` by default: only a person at a browser issues, and one stolen password cannot make more.
     */
    manageThemselves?: boolean
  }
  /**
   * Whether a change of a user's account password revokes their application passwords and disconnects their apps as well.
   * `false` by default, as WordPress does it: each has a secret of its own that the account's password says nothing of, and
   * every integration would stop. Their sessions end in any case. See `connect.userChanged()`.
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

const ADDRESS = 'expected an http:// or https:// address without query, such as "https://example.com"'
const TEXT = 'expected a text of 1 to 200 characters'
const API_PATHS = 'expected a list of paths, such as ["/api"]'
const API_PATH =
  'expected a path such as "/api"; if your whole site is an API, list the first parts of its paths, such as "/posts"'
const SECRET = 'expected 32 random characters or more'

const siteUrl = z.string(ADDRESS).transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined
  const plain = url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username && !url.password
  if (plain) return url.origin + url.pathname.replace(/\/+$/, '')
  context.addIssue(ADDRESS)
  return z.NEVER
})

const siteSchema = z.strictObject(
  {
    url: siteUrl,
    name: z.string(TEXT).min(1, TEXT).max(200, TEXT),
    description: z.string().max(500, 'expected 500 characters at most').default(''),
  },
  'expected an object with url and name',
)

const knexSchema = z.custom<Knex>(
  value => typeof value === 'function' && 'client' in value && 'migrate' in value,
  'expected a Knex instance: knex({ client, connection })',
)

export const tablePrefixSchema = z
  .string()
  .regex(/^\w{0,30}$/, 'expected up to 30 letters, digits and _')
  .default('connect_')

const redisSchema = z.custom<RedisClient>(
  value => typeof (value as RedisClient | null)?.defineCommand === 'function' && 'status' in (value as RedisClient),
  'expected an ioredis client: new Redis(url)',
)

const throttleSchema = z.union(
  [z.enum(['memory', 'database']), z.strictObject({ redis: redisSchema })],
  'expected "memory", "database" or { redis: new Redis(url) } with a client of ioredis',
)

const optionsSchema = z.strictObject({
  knex: knexSchema,
  site: siteSchema,
  secret: z.string(SECRET).min(32, SECRET),
  users: usersSchema,
  api: z.array(z.string(API_PATH).regex(/^\/.*[^/]$/, API_PATH), API_PATHS).default(['/api']),
  cors: z.boolean('expected true or false').default(false),
  environment: z.enum(['local', 'development', 'staging', 'production']).default('production'),
  tablePrefix: tablePrefixSchema,
  applicationPasswords: z
    .strictObject({
      hash: z.enum(['generic', 'argon2id']).default('generic'),
      manageThemselves: z.boolean().default(false),
    })
    .prefault({}),
  revokeOnPasswordChange: z.boolean('expected true or false').default(false),
  throttle: throttleSchema.default('memory'),
  oauth: oauthSchema.optional(),
  pages: pagesSchema,
})

const wholeSchema = optionsSchema.superRefine(checkPages)

export type CheckedOptions = z.output<typeof optionsSchema>
export type Site = z.output<typeof siteSchema>

/** @throws OptionsError that names every bad option, what was given and what is expected. */
export function checkOptions(options: unknown): CheckedOptions {
  return checkBy(wholeSchema, options, 'createConnect')
}
