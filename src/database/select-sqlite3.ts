import type { Knex } from 'knex'
import { limits } from './database.ts'

interface Statement {
  all(values: readonly string[], done: (error: Error | null, rows: unknown[]) => void): void
  finalize(): void
}

interface Connection {
  readonly open: boolean
  prepare(sql: string, done: (error: Error | null) => void): Statement
  close(done?: (error: Error | null) => void): void
  /** Knex's pool destroys a connection that has this mark, and opens another one. */
  __knex__disposed?: unknown
}

const prepared = new WeakMap<Connection, Map<string, Statement>>()

/**
 * Runs a SELECT with the driver `sqlite3`, without Knex. The statement is prepared once for each connection: Knex and the
 * driver take longer to prepare it than to run it. SQLite itself prepares it again after a change of the tables.
 */
export async function selectSqlite3<Row>(knex: Knex, sql: string, values: readonly string[]): Promise<Row[]> {
  const { client } = knex
  const connection: Connection = await client.acquireConnection()
  const query = { method: 'raw', sql, bindings: values }
  try {
    // For a host that logs its Knex's queries.
    client.emit('query', query)
    const rows = await inTime(connection, runPrepared<Row>(connection, sql, values))
    client.emit('query-response', rows, query)
    return rows
  } catch (error) {
    client.emit('query-error', error, query)
    if (!connection.open) connection.__knex__disposed ??= error
    throw error
  } finally {
    client.releaseConnection(connection)
  }
}

async function runPrepared<Row>(connection: Connection, sql: string, values: readonly string[]): Promise<Row[]> {
  const statement = statementsOf(connection).get(sql) ?? (await prepare(connection, sql))
  return new Promise((resolve, reject) => {
    statement.all(values, (error, rows) => {
      if (!error) return resolve(rows as Row[])
      // It may never work again, for example if its connection was closed. The next request prepares another one.
      // If the connection is closing, the statement is finalized already, and a second time would be an error.
      if (statementsOf(connection).delete(sql)) statement.finalize()
      reject(error)
    })
  })
}

function prepare(connection: Connection, sql: string): Promise<Statement> {
  return new Promise((resolve, reject) => {
    const statement = connection.prepare(sql, error => {
      if (error) return reject(error)
      statementsOf(connection).set(sql, statement)
      resolve(statement)
    })
  })
}

function statementsOf(connection: Connection): Map<string, Statement> {
  const known = prepared.get(connection)
  if (known) return known
  const statements = new Map<string, Statement>()
  prepared.set(connection, statements)
  // SQLite does not close a connection that still has statements.
  const close = connection.close
  connection.close = done => {
    for (const statement of statements.values()) statement.finalize()
    statements.clear()
    close.call(connection, done)
  }
  return statements
}

/** Makes Knex discard a connection that does not respond, so that the pool gets another one. */
function inTime<T>(connection: Connection, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new Error(`The database did not respond within ${limits.waitMs / 1000} seconds.`)
      connection.__knex__disposed = error
      reject(error)
    }, limits.waitMs)
    work.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
