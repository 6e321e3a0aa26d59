import type { Knex } from 'knex'
import type { Database } from '../../database/database.ts'
import { rowsOf } from '../../database/dialect.ts'
import { PhpSerializedError } from '../php/value.ts'
import { SkipUser } from '../result.ts'

/** Refuses a value rather than changing it, on every engine; and reads a backslash in text as the driver writes it. */
const SQL_MODE = 'STRICT_ALL_TABLES'

/**
 * Does some work in a transaction on a MySQL or MariaDB whose session is strict meanwhile. A value that the server refuses
 * refuses the user: all of the work is undone.
 *
 * @throws SkipUser, PhpSerializedError: what `work` threw; ConnectError `database_unavailable` for all else
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
    // The transaction makes one kind of error of all that it does not know.
    throw refused ?? error
  }
}

/** Data that the server does not take (classes 22 and 23 of SQLSTATE), and those that it files under "general error". */
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
  return new SkipUser(`WordPress’s database does not take a value of theirs (${code}).`)
}
