import { existsSync } from 'node:fs'
import type { Knex } from 'knex'
import { createDatabase } from '../database/database.ts'

/** What the tables of a database reveal about the site. */
export interface FoundSite {
  /** `own-users`: an app with its own users, so the tables of embedded users must not be created there. */
  kind: 'none' | 'embedded-users' | 'own-users'
  hasOAuth: boolean
  hasThrottle: boolean
  /** Whether a migration has run that comes after those of embedded users. */
  hasImports: boolean
}

/**
 * Only reads; it creates nothing.
 *
 * @throws ConnectError `database_unavailable`
 */
export async function findSite(knex: Knex): Promise<FoundSite> {
  const { run, table } = createDatabase(knex, 'connect_')
  const has = (name: string) => run(knex.schema.hasTable(table(name)))
  const hasUsers = await has('users')
  const hasApplicationPasswords = await has('application_passwords')
  return {
    kind: hasUsers ? 'embedded-users' : hasApplicationPasswords ? 'own-users' : 'none',
    hasOAuth: await has('oauth_clients'),
    hasThrottle: await has('throttle'),
    hasImports: await has('application_password_imports'),
  }
}

/** Returns the path of a SQLite database that does not exist, because opening it would create it. Otherwise null. */
export function missingFile(databaseUrl: string): string | null {
  const path = /^(?:better-)?sqlite3?:(?!:memory:)(.+)$/.exec(databaseUrl)?.[1]
  return path === undefined || existsSync(path) ? null : path
}

export const OWN_USERS =
  'This site has users of its own: they are not in this database’s tables of koa-wp-connect, and nothing was written. ' +
  'The commands client, signing-key, migrate and doctor work here.'
