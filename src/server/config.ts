import { randomUUID } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { z } from 'zod'
import { randomToken } from '../crypto/random-token.ts'
import { THE_SITE_ID } from '../users/sites.ts'

/** The directory for the database and the secret of `npm start`, below the working directory. */
const DATA = 'data'
const SECRET_FILE = `${DATA}/secret`

const flag = z
  .enum(['on', 'off', 'true', 'false', '1', '0', 'yes', 'no'])
  .transform(word => /^(on|true|1|yes)$/.test(word))
const isLoopback = (host: string) => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(host)

const isDatabaseUrl = (url: string) =>
  /^(sqlite|better-sqlite3):./.test(url) || (/^(postgres(ql)?|mysql):\/\/./.test(url) && URL.canParse(url))

const hasOwnIds = (sites: readonly { id: string | number }[]) =>
  new Set([THE_SITE_ID, ...sites.map(({ id }) => String(id))]).size === sites.length + 1

const sitesSchema = z
  .array(
    z.object({
      id: z.union([z.string().regex(/^[\w-]{1,64}$/), z.number().int().positive()]),
      name: z.string().min(1).max(200),
      url: z.url({ protocol: /^https?$/ }).max(500),
    }),
  )
  .refine(hasOwnIds)

/** Parses the additional sites, besides the site itself. */
function readSites(json: string, context: z.RefinementCtx) {
  try {
    return sitesSchema.parse(JSON.parse(json))
  } catch {
    context.addIssue(
      'expected JSON such as [{"id":2,"name":"Shop","url":"https://shop.example"}], each with a different id; 1 is the site itself',
    )
    return z.NEVER
  }
}

const environmentSchema = z.object({
  PORT: z.coerce.number('expected a port number').int().min(0).max(65_535).default(8080),
  HOST: z.string().default('127.0.0.1'),
  SITE_URL: z
    .union([z.httpUrl(), z.url({ protocol: /^https?$/ })], 'expected an http:// or https:// address')
    .optional(),
  SITE_NAME: z.string().min(1).default('koa-wp-connect'),
  DATABASE_URL: z
    .string()
    .refine(isDatabaseUrl, 'expected sqlite:FILE, better-sqlite3:FILE, postgres://… or mysql://…')
    .default(`sqlite:${DATA}/site.db`),
  UPLOADS: z.string().min(1).default(`${DATA}/uploads`),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'expected redis://… or rediss://…' }).optional(),
  CONNECT_SECRET: z.string().min(32, 'expected at least 32 random characters').optional(),
  ADMIN_USER: z.string().min(1).default('admin'),
  ADMIN_EMAIL: z.email('expected an email address').default('admin@example.com'),
  ADMIN_PASSWORD: z.string().min(1).optional(),
  WP_ENVIRONMENT_TYPE: z
    .enum(['local', 'development', 'staging', 'production'], 'expected local, development, staging or production')
    .optional(),
  TRUST_PROXY: flag.default(false),
  OAUTH_REGISTRATION: z
    .union([z.enum(['register', 'documents']).transform(one => ({ [one]: true })), flag])
    .default(false),
  SITES: z.string().default('[]').transform(readSites),
})

/** The configuration of the site, read from the environment. */
export type Config = ReturnType<typeof readConfig>

/** @throws Error with one line that names every bad variable */
export function readConfig(env: NodeJS.ProcessEnv) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''))
  const result = environmentSchema.safeParse(given)
  if (!result.success) {
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`Bad environment: ${problems.join('; ')}`)
  }
  const read = result.data
  const siteUrl = (read.SITE_URL ?? `http://localhost:${read.PORT}`).replace(/\/+$/, '')
  const isLocal = isLoopback(read.HOST) && isLoopback(new URL(siteUrl).hostname)
  return {
    port: read.PORT,
    host: read.HOST,
    site: { url: siteUrl, name: read.SITE_NAME },
    databaseUrl: read.DATABASE_URL,
    uploads: read.UPLOADS,
    redisUrl: read.REDIS_URL,
    secret: read.CONNECT_SECRET,
    admin: { login: read.ADMIN_USER, email: read.ADMIN_EMAIL, password: read.ADMIN_PASSWORD },
    environment: read.WP_ENVIRONMENT_TYPE ?? (isLocal ? 'local' : 'production'),
    trustProxy: read.TRUST_PROXY,
    registration: read.OAUTH_REGISTRATION,
    sites: read.SITES,
  } as const
}

/**
 * Returns the secret if the environment has none. It is created once, and stored so that only the site's own user can read
 * it.
 */
export function keptSecret(): string {
  mkdirSync(DATA, { recursive: true, mode: 0o700 })
  if (!existsSync(SECRET_FILE)) makeSecret(SECRET_FILE)
  return readFileSync(SECRET_FILE, 'utf8').trim()
}

/** Returns the stored secret, or null if there is none. */
export function foundSecret(): string | null {
  return existsSync(SECRET_FILE) ? readFileSync(SECRET_FILE, 'utf8').trim() : null
}

/** Creates the file atomically, because another process may read it at any moment. */
function makeSecret(file: string): void {
  const ours = `${file}.${randomUUID()}`
  writeFileSync(ours, `${randomToken()}\n`, { mode: 0o600 })
  try {
    linkSync(ours, file)
  } catch (error) {
    // Another process was first; its secret counts.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(ours)
  }
}
