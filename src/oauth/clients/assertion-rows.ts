import type { Database } from '../../database/database.ts'
import { isUniqueViolation } from '../../database/dialect.ts'
import { sweepRows } from '../../database/sweep-rows.ts'

export type AssertionRows = ReturnType<typeof createAssertionRows>

/**
 * The table of used client assertions (RFC 7523, section 3), each kept until it expires. It contains statements only, no
 * rules.
 */
export function createAssertionRows(database: Database) {
  const { knex, run } = database
  const table = database.table('oauth_assertions')

  return {
    /** @returns whether the assertion is new: of many concurrent calls, in any process, one gets true */
    async remember(hash: string, expires: number): Promise<boolean> {
      try {
        await run(knex(table).insert({ hash, expires }))
        return true
      } catch (error) {
        if (isUniqueViolation(error)) return false
        throw error
      }
    },
    /**
     * Deletes expired assertions.
     *
     * @returns how many were deleted
     */
    deleteExpired: (before: number, most: number): Promise<number> =>
      sweepRows(database, table, 'hash', most, rows => rows.where('expires', '<', before)),
  }
}
