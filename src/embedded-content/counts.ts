import type { Knex } from 'knex'
import type { Status } from '../content/content.ts'
import type { Database } from '../database/database.ts'

/**
 * How many items of a type have a status, kept in the transaction that changes it: counting 100,000 rows would take longer
 * than listing 20.
 */
export function createCounts({ table: named, run, knex }: Database) {
  const table = named('content_counts')
  return {
    async add(type: string, status: Status, by: number, on: Knex): Promise<void> {
      const changed = await run(on(table).where({ type, status }).increment('items', by))
      if (changed > 0) return
      await run(
        on(table)
          .insert({ type, status, items: by })
          .onConflict(['type', 'status'])
          .merge({ items: on.raw(`?? + ${Math.trunc(by)}`, [`${table}.items`]) }),
      )
    },
    /** In one order for all, so that two changes at once do not wait for each other. */
    async move(type: string, from: Status, to: Status, on: Knex): Promise<void> {
      if (from === to) return
      const steps = [
        [from, -1],
        [to, 1],
      ] as const
      for (const [status, by] of steps.toSorted(([a], [b]) => (a < b ? -1 : 1))) await this.add(type, status, by, on)
    },
    async of(type: string, status: Status): Promise<number> {
      const row: { items: number | string } | undefined = await run(knex(table).where({ type, status }).first('items'))
      return Number(row?.items ?? 0)
    },
  }
}
