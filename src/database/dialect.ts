import type { Knex } from 'knex'

/** As Knex names it: `sqlite3`, also for better-sqlite3, `postgresql`, `mysql`. */
export const dialectOf = (knex: Knex): string => String(knex.client.dialect)
export const isMysql = (knex: Knex) => dialectOf(knex) === 'mysql'

/**
 * Makes a new table compare text byte by byte, as SQLite and PostgreSQL do by themselves. MariaDB and MySQL would
 * otherwise hold "Abc" and "abc" for one hash.
 */
export function byteExact(table: Knex.CreateTableBuilder, knex: Knex): void {
  if (!isMysql(knex)) return
  table.charset('utf8mb4')
  table.collate('utf8mb4_bin')
}

const uniqueViolations = new Set([
  'SQLITE_CONSTRAINT', // sqlite3
  'SQLITE_CONSTRAINT_UNIQUE', // better-sqlite3
  'SQLITE_CONSTRAINT_PRIMARYKEY',
  '23505', // pg
  'ER_DUP_ENTRY', // mysql2
])

/** Whether the driver refused a row because its unique value exists already. */
export function isUniqueViolation(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: unknown }
  return uniqueViolations.has(String(code)) || (cause !== undefined && isUniqueViolation(cause))
}

/** The rows of a raw statement, which every driver hands out in a form of its own. */
export function rowsOf<Row>(result: unknown): Row[] {
  // pg: { rows }; mysql2: [rows, fields]; sqlite3: rows
  if (!Array.isArray(result)) return (result as { rows: Row[] }).rows
  return Array.isArray(result[0]) ? (result[0] as Row[]) : (result as Row[])
}

/**
 * A column of text that may hold a number, as one that a numeric key can be joined on. Text that is none becomes no key or a
 * wrong one, so whoever reads the joined row compares its key with the text.
 */
export function asNumericKey(knex: Knex, column: string): Knex.Raw {
  if (isMysql(knex)) return knex.raw('cast(?? as unsigned)', [column])
  if (dialectOf(knex) === 'postgresql') {
    // Unlike the others, PostgreSQL refuses text that is no number.
    return knex.raw(`case when ?? ~ '^[1-9][0-9]{0,14}$' then cast(?? as bigint) end`, [column, column])
  }
  return knex.raw('cast(?? as integer)', [column])
}

/** Two transactions waited for each other, and this one was rolled back as a whole. */
const DEADLOCKS = new Set(['ER_LOCK_DEADLOCK', '40P01'])

/** Whether another process holds SQLite's lock, or a server ended a deadlock: nothing was done, and it may work in a moment. */
export function isLocked(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: unknown }
  const isOurs = String(code).startsWith('SQLITE_BUSY') || DEADLOCKS.has(String(code))
  return isOurs || (cause !== undefined && isLocked(cause))
}

/** A transaction that is over when it fails. */
export async function transact<T>(knex: Knex, work: (transaction: Knex.Transaction) => Promise<T>): Promise<T> {
  const connection: object = await knex.client.acquireConnection()
  try {
    return await knex.transaction(work, { connection })
  } catch (error) {
    // When SQLite cannot COMMIT, as while another process reads, it leaves the transaction open, and Knex too: all that came
    // next over this connection would be a part of it, and never be kept. One that is over already says so.
    if (isSqliteError(error))
      await knex
        .raw('ROLLBACK')
        .connection(connection)
        .catch(() => {})
    throw error
  } finally {
    // Knex leaves its mark on a connection that it did not take itself, and a host that logs queries would see it on the next.
    Object.assign(connection, { __knexTxId: undefined })
    await knex.client.releaseConnection(connection)
  }
}

const isSqliteError = (error: unknown): boolean =>
  String((error as { code?: unknown } | null)?.code).startsWith('SQLITE_')
