import type { Knex } from 'knex'
import type { Database } from '../../database/database.ts'
import { rowsOf } from '../../database/dialect.ts'
import { PhpSerializedError } from '../php/value.ts'
import { SkipUser } from '../result.ts'

/**
 * The session rejects invalid values instead of changing them, on every engine. It also reads backslashes in text as the
 * driver writes them.
 */
const SQL_MODE = 'STRICT_ALL_TABLES'

/**
 * Runs work in a transaction, in strict mode, on MySQL or MariaDB. A value that the server rejects skips the user: all of
 * the work is rolled back.
 *
 * @throws SkipUser, PhpSerializedError: errors of `work`; ConnectError `database_unavailable` for all others
 */
export async function strictTransaction<T>(database: Database, work: (on: Knex) => Promise<T>): Promise<T> {
  let refused: unknown
  try {
    return await database.transaction(async on => {
      const [session] = rowsOf<{ mode: string }>(await on.raw('SELECT @@SESSION.sql_mode AS mode'))
      await on.raw('SET SESSION sql_mode = ?', [SQL_MODE])
      try {
        return await work(on)
      } catch (error) {
        refused = toSkipUser(error)
        throw error
      } finally {
        await on.raw('SET SESSION sql_mode = ?', [session?.mode ?? ''])
      }
    })
  } catch (error) {
    // The transaction wraps all errors that it does not know, so throw the original one.
    throw refused ?? error
  }
}

/** Errors about values (SQLSTATE classes 22 and 23), and those that the server reports as "general error". */
const DATA_ERRORS = new Set([
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'ER_IMPOSSIBLE_STRING_CONVERSION',
  'ER_CANNOT_CONVERT_STRING',
  'ER_CANT_AGGREGATE_2COLLATIONS',
  'WARN_DATA_TRUNCATED',
])

function toSkipUser(error: unknown): Error | undefined {
  if (error instanceof SkipUser || error instanceof PhpSerializedError) return error
  const { code = '', sqlState = '' } = (error ?? {}) as { code?: string; sqlState?: string }
  if (!DATA_ERRORS.has(code) && !/^2[23]/.test(sqlState)) return undefined
  return new SkipUser(`WordPress’s database does not accept one of the user’s values (${code}).`)
}
