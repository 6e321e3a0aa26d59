import type { Database } from '../../database/database.ts'
import { sweepRows } from '../../database/sweep-rows.ts'

/** Requests of one user that may wait for an answer at once: more than anybody opens, and few enough to fill nothing. */
export const MAX_PENDING = 20
/** Of those past it that go with one new request. */
const SURPLUS_BATCH = 200

export type InteractionRows = ReturnType<typeof createInteractionRows>

/** Requests of applications that wait for their user's answer: statements only, no rules. */
export function createInteractionRows(database: Database) {
  const { knex, run } = database
  const table = database.table('oauth_interactions')

  return {
    /** Past {@link MAX_PENDING}, the user's oldest go. */
    async insert(hash: string, userId: string, payload: object, expires: number): Promise<void> {
      await run(knex(table).insert({ hash, user_id: userId, payload: JSON.stringify(payload), expires }))
      const others = knex(table).where('user_id', userId).whereNot({ hash })
      // MariaDB takes no OFFSET without a LIMIT.
      const surplus: string[] = await run(
        others
          .orderBy('expires', 'desc')
          .offset(MAX_PENDING - 1)
          .limit(SURPLUS_BATCH)
          .pluck('hash'),
      )
      if (surplus.length > 0) await run(knex(table).whereIn('hash', surplus).delete())
    },
    /** @returns whether it was there. */
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
    /** @returns whether this call did it: of two at once, one does. */
    async delete(hash: string): Promise<boolean> {
      return (await run(knex(table).where({ hash }).delete())) > 0
    },
    /** What has expired. @returns how many went. */
    deleteExpired: (before: number, most: number): Promise<number> =>
      sweepRows(database, table, 'hash', most, rows => rows.where('expires', '<', before)),
  }
}
