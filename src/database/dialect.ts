import type { Knex } from 'knex'

/** Knex's name of the database: `sqlite3` (for better-sqlite3 too), `postgresql` or `mysql`. */
export const dialectOf = (knex: Knex): string => String(knex.client.dialect)
export const isMysql = (knex: Knex) => dialectOf(knex) === 'mysql'

/**
 * Makes a new table compare text byte by byte, as SQLite and PostgreSQL do by default. MariaDB and MySQL would otherwise
 * treat "Abc" and "abc" as the same hash.
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

/** Whether the driver rejected a row because its unique value exists already. */
export function isUniqueViolation(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: unknown }
  return uniqueViolations.has(String(code)) || (cause !== undefined && isUniqueViolation(cause))
}

/** Returns the rows of a raw statement; every driver has its own result format. */
export function rowsOf<Row>(result: unknown): Row[] {
  // pg: { rows }; mysql2: [rows, fields]; sqlite3: rows
  if (!Array.isArray(result)) return (result as { rows: Row[] }).rows
  return Array.isArray(result[0]) ? (result[0] as Row[]) : (result as Row[])
}

/**
 * Converts a text column for a join with a numeric key. Text that is not a number becomes null or a wrong key, so the
 * reader of the joined row must compare its key with the text.
 */
export function asNumericKey(knex: Knex, column: string): Knex.Raw {
  if (isMysql(knex)) return knex.raw('cast(?? as unsigned)', [column])
  if (dialectOf(knex) === 'postgresql') {
    // PostgreSQL, unlike the others, fails on text that is not a number.
    return knex.raw(`case when ?? ~ '^[1-9][0-9]{0,14}$' then cast(?? as bigint) end`, [column, column])
  }
  return knex.raw('cast(?? as integer)', [column])
}

/** Two transactions waited for each other, and this one was rolled back completely. */
const DEADLOCKS = new Set(['ER_LOCK_DEADLOCK', '40P01'])

/**
 * Whether another process holds SQLite's lock, or the server resolved a deadlock: nothing was done, and a retry may
 * succeed.
 */
export function isLocked(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: unknown }
  const isOurs = String(code).startsWith('SQLITE_BUSY') || DEADLOCKS.has(String(code))
  return isOurs || (cause !== undefined && isLocked(cause))
}

/** Runs a transaction that is always closed, even if it fails. */
export async function transact<T>(knex: Knex, work: (transaction: Knex.Transaction) => Promise<T>): Promise<T> {
  const connection: object = await knex.client.acquireConnection()
  try {
    return await knex.transaction(work, { connection })
  } catch (error) {
    // If SQLite cannot COMMIT, for example while another process reads, it leaves the transaction open, and so does Knex.
    // Everything that follows on this connection would be part of it and get lost. If the transaction is closed already,
    // the ROLLBACK fails harmlessly.
    if (isSqliteError(error))
      await knex
        .raw('ROLLBACK')
        .connection(connection)
        .catch(() => {})
    throw error
  } finally {
    // Knex leaves a mark on a connection that it did not acquire itself. A host that logs queries would see it on the next
    // one.
    Object.assign(connection, { __knexTxId: undefined })
    await knex.client.releaseConnection(connection)
  }
}

const isSqliteError = (error: unknown): boolean =>
  String((error as { code?: unknown } | null)?.code).startsWith('SQLITE_')

/** Inserts a row, and returns the id that the database gives it. MySQL tells it without RETURNING. */
export async function insertedId(on: Knex, table: string, row: object): Promise<number> {
  if (isMysql(on)) return Number((await on(table).insert(row))[0])
  const [inserted] = await on(table).insert(row).returning('id')
  return Number((inserted as { id: number | string }).id)
}
