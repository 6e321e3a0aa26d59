import type { Knex } from 'knex'
import { z } from 'zod'
import { OptionsError } from './errors.ts'
import type { UsersParts } from './users/brought-users.ts'
import type { Users } from './users/user.ts'

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
  /** 32 characters or more, random, the same in every process: form tokens are signed with it. */
  secret: string
  /** The host's users, or `embeddedUsers()`. */
  users: U | ((parts: UsersParts) => U)
  /** Further prefixes of paths under which credentials are read, beside `/wp-json`. `['/api']` by default. */
  api?: readonly string[]
  /** As WordPress's `WP_ENVIRONMENT_TYPE`: `local` allows application passwords over plain http. `production` by default. */
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
}

const ADDRESS = 'expected an http:// or https:// address without query, such as "https://example.com"'
const TEXT = 'expected a text of 1 to 200 characters'
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

const tablePrefixSchema = z.string().regex(/^\w{0,30}$/, 'expected up to 30 letters, digits and _')

const usersSchema = z.custom<Users>().superRefine((users, context) => {
  if (typeof users === 'function') return
  for (const method of ['current', 'find', 'findByLogin', 'loginUrl'] as const) {
    if (typeof users?.[method] !== 'function')
      context.addIssue({ code: 'custom', path: [method], message: 'expected a function' })
  }
})

const optionsSchema = z.strictObject({
  knex: knexSchema,
  site: siteSchema,
  secret: z.string(SECRET).min(32, SECRET),
  users: usersSchema,
  api: z.array(z.string().regex(/^\/.*[^/]$/, 'expected a path such as "/api"')).default(['/api']),
  environment: z.enum(['local', 'development', 'staging', 'production']).default('production'),
  tablePrefix: tablePrefixSchema.default('connect_'),
  applicationPasswords: z
    .strictObject({
      hash: z.enum(['generic', 'argon2id']).default('generic'),
      manageThemselves: z.boolean().default(false),
    })
    .prefault({}),
})

export type CheckedOptions = z.output<typeof optionsSchema>
export type Site = z.output<typeof siteSchema>

/** @throws OptionsError that names every bad option, what was given and what is expected. */
export function checkOptions(options: unknown): CheckedOptions {
  const result = optionsSchema.safeParse(options)
  if (result.success) return result.data
  const problems = result.error.issues.map(issue => {
    const isUnknown = issue.code === 'unrecognized_keys'
    const path = [...issue.path, ...(isUnknown ? [issue.keys.join(', ')] : [])].join('.') || 'options'
    return `${path}: ${isUnknown ? 'there is no such option' : issue.message}${given(options, issue.path)}`
  })
  throw new OptionsError(`createConnect: ${problems.join('; ')}`)
}

/** What was given, unless it may be a secret. */
function given(options: unknown, path: PropertyKey[]): string {
  if (path.length === 0 || path.includes('secret') || path.includes('knex')) return ''
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], options)
  return typeof value === 'object' && value !== null ? '' : ` (given: ${JSON.stringify(value) ?? String(value)})`
}
