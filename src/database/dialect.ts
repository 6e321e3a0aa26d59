import type { Knex } from 'knex'

const isMysql = (knex: Knex) => /mysql|maria/i.test(String(knex.client.config.client))

/**
 * Makes a new table compare text byte by byte, as SQLite and PostgreSQL do by themselves. MariaDB and MySQL would
 * otherwise hold "Abc" and "abc" for one hash.
 */
export function byteExact(table: Knex.CreateTableBuilder, knex: Knex): void {
  if (!isMysql(knex)) return
  table.charset('utf8mb4')
  table.collate('utf8mb4_bin')
}

const uniqueViolations = new Set(['SQLITE_CONSTRAINT', 'SQLITE_CONSTRAINT_UNIQUE', '23505', 'ER_DUP_ENTRY'])

/** Whether the driver refused a row because its unique value exists already. */
export function isUniqueViolation(error: unknown): boolean {
  const { code, cause } = (error ?? {}) as { code?: string; cause?: unknown }
  return uniqueViolations.has(String(code)) || (cause !== undefined && isUniqueViolation(cause))
}
