import { existsSync } from 'node:fs'
import type { Knex } from 'knex'
import { createDatabase } from '../database/database.ts'

/** What the tables of a database reveal about the site. `own-users`: an app with its own users. */
export type FoundSite = 'none' | 'embedded-users' | 'own-users'

/**
 * Only reads; it creates nothing.
 *
 * @throws ConnectError `database_unavailable`
 */
export async function findSite(knex: Knex): Promise<FoundSite> {
  const { run, table } = createDatabase(knex, 'connect_')
  const has = (name: string) => run(() => knex.schema.hasTable(table(name)))
  // Created after the users: a first start may have been interrupted before both. And it is asked first, because another
  // process may be creating them now: if this table is there, so are the users of a site that has them.
  const isComplete = await has('application_password_imports')
  if (await has('users')) return 'embedded-users'
  return isComplete ? 'own-users' : 'none'
}

/** Returns the path of a SQLite database that does not exist, because opening it would create it. Otherwise null. */
export function missingFile(databaseUrl: string): string | null {
  const path = /^(?:better-)?sqlite3?:(?!:memory:)(.+)$/.exec(databaseUrl)?.[1]
  return path === undefined || existsSync(path) ? null : path
}

export const OWN_USERS = 'This database belongs to an app with its own users, and nothing was written.'
