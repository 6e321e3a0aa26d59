import type { Knex } from 'knex'
import type { Database } from './database.ts'
import { rowsOf } from './dialect.ts'
import { selectSqlite3 } from './select-sqlite3.ts'

/**
 * Runs a SELECT that every request needs, without Knex if that is faster: SQLite runs a statement in less time than it takes
 * to prepare it, which Knex does each time.
 *
 * @param sql with a `?` for each value
 */
export async function selectRows<Row>({ knex, run }: Database, sql: string, values: readonly string[]): Promise<Row[]> {
  if (knex.client.driverName === 'better-sqlite3') return run(() => selectPrepared<Row>(knex, sql, values))
  if (knex.client.driverName === 'sqlite3') return run(() => selectSqlite3<Row>(knex, sql, values))
  return rowsOf(await run(knex.raw(sql, values)))
}

interface BetterSqlite3 {
  prepare(sql: string): { all(values: readonly string[]): unknown[] }
}

const prepared = new WeakMap<BetterSqlite3, Map<string, ReturnType<BetterSqlite3['prepare']>>>()

/** The prepared statement belongs to the connection. */
async function selectPrepared<Row>(knex: Knex, sql: string, values: readonly string[]): Promise<Row[]> {
  const connection: BetterSqlite3 = await knex.client.acquireConnection()
  try {
    // For a host that logs its Knex's queries.
    knex.client.emit('query', { sql, bindings: values })
    return preparedOn(connection, sql).all(values) as Row[]
  } finally {
    knex.client.releaseConnection(connection)
  }
}

function preparedOn(connection: BetterSqlite3, sql: string) {
  const statements = prepared.get(connection) ?? new Map()
  prepared.set(connection, statements)
  const statement = statements.get(sql) ?? connection.prepare(sql)
  statements.set(sql, statement)
  return statement
}
