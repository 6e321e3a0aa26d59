import type { Knex } from 'knex'
import type { Database } from './database.ts'

/**
 * Deletes some rows of a table: as many as one statement can delete without delaying other requests.
 *
 * @param idColumn the table's key
 * @param narrow selects the rows, both for the search and for the deletion
 * @returns how many were deleted; fewer than `most` if none are left
 */
export async function sweepRows(
  { knex, run }: Database,
  table: string,
  idColumn: string,
  most: number,
  narrow: (rows: Knex.QueryBuilder) => void,
): Promise<number> {
  const found: unknown[] = await run(knex(table).modify(narrow).limit(most).pluck(idColumn))
  if (found.length === 0) return 0
  await run(
    knex(table)
      .whereIn(idColumn, found as string[])
      .modify(narrow)
      .delete(),
  )
  return found.length
}
