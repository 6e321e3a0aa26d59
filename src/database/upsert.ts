import type { Knex } from 'knex'
import type { Database } from './database.ts'
import { isMysql, rowsOf } from './dialect.ts'

/**
 * Inserts rows or updates existing ones, and returns the resulting rows.
 *
 * @param changes gets a function that returns SQL for the value of a column in the row to insert
 */
export async function upsertAll<R extends object>(
  database: Database,
  table: string,
  idColumn: keyof R & string,
  rows: R[],
  changes: (given: (column: string) => string) => Record<string, Knex.Raw>,
): Promise<R[]> {
  const { knex, run, transaction } = database
  const columns = Object.keys(rows[0] ?? {})
  const upsert = (on: Knex) => on(table).insert(rows).onConflict(idColumn)
  if (!isMysql(knex)) {
    return run(
      upsert(knex)
        .merge(changes(column => `excluded.${column}`))
        .returning(columns) as PromiseLike<R[]>,
    )
  }
  const upsertMysql = (on: Knex) => upsert(on).merge(changes(column => `values(${column})`))
  if (await hasReturning(database)) {
    // Knex does not support it.
    const { sql, bindings } = upsertMysql(knex).toSQL()
    const returning = columns.map(() => '??').join(', ')
    return rowsOf(await run(knex.raw(`${sql} returning ${returning}`, [...bindings, ...columns])))
  }
  return transaction(async on => {
    await upsertMysql(on)
    // The rows stay locked until the end, so no other process has changed them meanwhile.
    const ids = rows.map(row => row[idColumn]) as string[]
    return on(table).whereIn(idColumn, ids).select(columns) as unknown as Promise<R[]>
  })
}

const known = new WeakMap<Knex, Promise<boolean>>()

/** Whether a MySQL-compatible server has INSERT … RETURNING. It is queried once. */
function hasReturning({ knex, run }: Database): Promise<boolean> {
  const asked = known.get(knex) ?? run(knex.raw('select version() as version')).then(isReturningVersion)
  known.set(knex, asked)
  asked.catch(() => known.delete(knex))
  return asked
}

/** MariaDB has it since 10.5, MySQL does not, up to 9. MariaDB names itself in its version: `10.11.6-MariaDB`. */
function isReturningVersion(result: unknown): boolean {
  const [row] = rowsOf<{ version: string }>(result)
  const [, major, minor] = /(\d+)\.(\d+)\.\d+-mariadb/i.exec(row?.version ?? '') ?? []
  return Number(major) > 10 || (Number(major) === 10 && Number(minor) >= 5)
}
