import type { Knex } from 'knex'
import type { Database } from './database.ts'

/**
 * Deletes some of a table's rows: as many as one statement takes without making anybody wait.
 *
 * @param idColumn the table's key
 * @param narrow says which rows, when they are looked for and again when they are deleted
 * @returns how many went; fewer than `most` when none is left
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
