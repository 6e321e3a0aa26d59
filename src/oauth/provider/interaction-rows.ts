import type { Database } from '../../database/database.ts'
import { sweepRows } from '../../database/sweep-rows.ts'

/**
 * Maximum number of pending requests per user: more than a person ever opens, and few enough that a user cannot fill the
 * table.
 */
export const MAX_PENDING = 20
/** Maximum number of surplus requests that one new request deletes. */
const SURPLUS_BATCH = 200

export type InteractionRows = ReturnType<typeof createInteractionRows>

/** The table of authorization requests that wait for the user's decision. It contains statements only, no rules. */
export function createInteractionRows(database: Database) {
  const { knex, run } = database
  const table = database.table('oauth_interactions')

  return {
    /** Inserts a request, and deletes the user's oldest ones beyond {@link MAX_PENDING}. */
    async insert(hash: string, userId: string, payload: object, expires: number): Promise<void> {
      await run(knex(table).insert({ hash, user_id: userId, payload: JSON.stringify(payload), expires }))
      const others = knex(table).where('user_id', userId).whereNot({ hash })
      // MariaDB requires a LIMIT with OFFSET.
      const surplus: string[] = await run(
        others
          .orderBy('expires', 'desc')
          .offset(MAX_PENDING - 1)
          .limit(SURPLUS_BATCH)
          .pluck('hash'),
      )
      if (surplus.length > 0) await run(knex(table).whereIn('hash', surplus).delete())
    },
    /** @returns whether the request exists */
    async update(hash: string, payload: object, expires: number): Promise<boolean> {
      return (
        (await run(
          knex(table)
            .where({ hash })
            .update({ payload: JSON.stringify(payload), expires }),
        )) > 0
      )
    },
    async find(hash: string): Promise<object | undefined> {
      const row = await run(knex(table).where({ hash }).first('payload'))
      return row && JSON.parse(row.payload)
    },
    /** @returns whether this call deleted it: of two concurrent calls, one does */
    async delete(hash: string): Promise<boolean> {
      return (await run(knex(table).where({ hash }).delete())) > 0
    },
    /**
     * Deletes expired requests.
     *
     * @returns how many were deleted
     */
    deleteExpired: (before: number, most: number): Promise<number> =>
      sweepRows(database, table, 'hash', most, rows => rows.where('expires', '<', before)),
  }
}
