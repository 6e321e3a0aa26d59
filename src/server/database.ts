import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Knex } from 'knex'
import knex from 'knex'

/** Opens the database that a `DATABASE_URL` names. */
export function openDatabase(url: string): Knex {
  if (url.startsWith('sqlite:')) return openSqlite3(url.slice('sqlite:'.length))
  if (url.startsWith('better-sqlite3:')) return openBetterSqlite3(url.slice('better-sqlite3:'.length))
  const client = url.startsWith('mysql:') ? 'mysql2' : 'pg'
  return knex({ client, connection: url, pool: { min: 0, max: 10, ...PATIENCE }, log: SILENT })
}

/** A database that is away is tried anew every few seconds; Knex alone would wait for minutes. */
const PATIENCE = { acquireTimeoutMillis: 5_000, createTimeoutMillis: 5_000 }

/** Knex would print to stdout what it throws as well. */
const SILENT = { warn() {}, error() {} }

/**
 * Readers beside a writer, and 64 MB in memory of an index that grows (by default it is 2). A statement that another process
 * locks out waits for a moment only and is then tried again (see `Database.run()`): meanwhile it would hold up the readers
 * behind it, and with better-sqlite3 the whole process.
 */
const PRAGMAS = ['busy_timeout = 10', 'journal_mode = WAL', 'cache_size = -65536']

interface Sqlite3Connection {
  exec(sql: string, done: (error: Error | null) => void): void
}

function openSqlite3(filename: string): Knex {
  return openFile('sqlite3', filename, (connection: Sqlite3Connection, done) =>
    connection.exec(PRAGMAS.map(pragma => `PRAGMA ${pragma};`).join(''), done),
  )
}

interface BetterSqlite3Connection {
  pragma(text: string): unknown
}

function openBetterSqlite3(filename: string): Knex {
  return openFile('better-sqlite3', filename, (connection: BetterSqlite3Connection, done) => {
    for (const pragma of PRAGMAS) connection.pragma(pragma)
    done(null)
  })
}

function openFile<C>(
  client: string,
  filename: string,
  afterCreate: (connection: C, done: (error: Error | null) => void) => void,
): Knex {
  if (filename !== ':memory:') mkdirSync(dirname(filename), { recursive: true, mode: 0o700 })
  const pool = { min: 1, max: 1, afterCreate }
  return knex({ client, connection: { filename }, useNullAsDefault: true, log: SILENT, pool })
}
