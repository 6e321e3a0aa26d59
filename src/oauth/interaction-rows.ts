import type { Database } from '../database/database.ts'
import { sweepRows } from '../database/sweep-rows.ts'

export type InteractionRows = ReturnType<typeof createInteractionRows>

/** Requests of applications that wait for their user's answer: statements only, no rules. */
export function createInteractionRows(database: Database) {
  const { knex, run } = database
  const table = database.table('oauth_interactions')

  return {
    async save(hash: string, payload: object, expires: number): Promise<void> {
      const row = { hash, payload: JSON.stringify(payload), expires }
      await run(knex(table).insert(row).onConflict('hash').merge())
    },
    async find(hash: string): Promise<object | undefined> {
      const row = await run(knex(table).where({ hash }).first('payload'))
      return row && JSON.parse(row.payload)
    },
    /** @returns whether this call did it: of two at once, one does. */
    async delete(hash: string): Promise<boolean> {
      return (await run(knex(table).where({ hash }).delete())) > 0
    },
    /** What has expired. @returns how many went. */
    sweep: (before: number, most: number): Promise<number> =>
      sweepRows(database, table, 'hash', most, rows => rows.where('expires', '<', before)),
  }
}
