import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Knex } from 'knex'
import knex from 'knex'

/** Opens the database that a `DATABASE_URL` names. */
export function openDatabase(url: string): Knex {
  if (url.startsWith('sqlite:')) return openSqlite(url.slice('sqlite:'.length))
  const client = url.startsWith('mysql:') ? 'mysql2' : 'pg'
  return knex({ client, connection: url, pool: { min: 0, max: 10 }, log: SILENT })
}

/** Knex would print to stdout what it throws as well. */
const SILENT = { warn() {}, error() {} }

interface SqliteConnection {
  exec(sql: string, done: (error: Error | null) => void): void
}

function openSqlite(filename: string): Knex {
  if (filename !== ':memory:') mkdirSync(dirname(filename), { recursive: true, mode: 0o700 })
  return knex({
    client: 'sqlite3',
    connection: { filename },
    useNullAsDefault: true,
    log: SILENT,
    pool: {
      min: 1,
      max: 1,
      // Readers beside a writer, and a writer that waits for another process instead of failing.
      afterCreate: (connection: SqliteConnection, done: (error: Error | null) => void) =>
        connection.exec('PRAGMA journal_mode = WAL; PRAGMA busy_timeout = 5000', done),
    },
  })
}
