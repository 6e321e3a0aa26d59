import type { Knex } from 'knex'
import { ConnectError } from '../errors.ts'

/** The host's Knex, seen through this package's table prefix and its one kind of database error. */
export interface Database {
  readonly knex: Knex
  /** The full name of one of our tables. */
  table(name: string): string
  /** Awaits a query; what the driver throws becomes a 503 `database_unavailable`, never a refusal. */
  run<T>(query: PromiseLike<T>): Promise<T>
  /** All that `work` writes with the Knex it is given, or nothing of it. */
  transaction<T>(work: (knex: Knex) => Promise<T>): Promise<T>
}

export function createDatabase(knex: Knex, tablePrefix: string): Database {
  async function run<T>(query: PromiseLike<T>): Promise<T> {
    try {
      return await query
    } catch (error) {
      if (error instanceof ConnectError) throw error
      throw new ConnectError('database_unavailable', { cause: withoutStatement(error) })
    }
  }
  return {
    knex,
    table: name => tablePrefix + name,
    run,
    transaction: work => run(knex.transaction(work)),
  }
}

/** Knex puts the whole statement with its values before the driver's own words; values belong in no log. */
function withoutStatement(error: unknown): Error {
  const { message, code, name = 'Error' } = error as { message?: string; code?: string; name?: string }
  const words = String(message ?? error)
  const separator = words.lastIndexOf(' - ')
  return Object.assign(new Error(separator < 0 ? words : words.slice(separator + 3)), { code, name })
}
