import type { Database } from '../../database/database.ts'
import { isUniqueViolation } from '../../database/dialect.ts'
import { sweepRows } from '../../database/sweep-rows.ts'

export type AssertionRows = ReturnType<typeof createAssertionRows>

/** The assertions that clients proved themselves by (RFC 7523, 3), each until it expires: statements only, no rules. */
export function createAssertionRows(database: Database) {
  const { knex, run } = database
  const table = database.table('oauth_assertions')

  return {
    /** @returns whether it is new: of many at once, in any process, one is */
    async remember(hash: string, expires: number): Promise<boolean> {
      try {
        await run(knex(table).insert({ hash, expires }))
        return true
      } catch (error) {
        if (isUniqueViolation(error)) return false
        throw error
      }
    },
    /** What has expired. @returns how many went */
    deleteExpired: (before: number, most: number): Promise<number> =>
      sweepRows(database, table, 'hash', most, rows => rows.where('expires', '<', before)),
  }
}
