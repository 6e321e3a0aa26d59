import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Knex } from 'knex'
import knex from 'knex'
import { createDatabase } from '../database/database.ts'
import { dialectOf } from '../database/dialect.ts'

/**
 * Opens the database of a `DATABASE_URL`.
 *
 * @param options `setsJournal: false` keeps the journal mode of a SQLite file, which may belong to an app
 */
export function openDatabase(url: string, { setsJournal = true } = {}): Knex {
  const pragmas = setsJournal ? [...PRAGMAS, WRITE_AHEAD] : PRAGMAS
  if (url.startsWith('sqlite:')) return openSqlite3(url.slice('sqlite:'.length), pragmas)
  if (url.startsWith('better-sqlite3:')) return openBetterSqlite3(url.slice('better-sqlite3:'.length), pragmas)
  const client = url.startsWith('mysql:') ? 'mysql2' : 'pg'
  return knex({ client, connection: url, pool: { min: 0, max: 10, ...POOL_TIMEOUTS }, log: NO_LOG })
}

/** Retries an unavailable database every few seconds; Knex's defaults would wait for minutes. */
const POOL_TIMEOUTS = { acquireTimeoutMillis: 5_000, createTimeoutMillis: 5_000 }

/** Knex would also print to stdout what it throws. */
const NO_LOG = { warn() {}, error() {} }

/**
 * WAL allows readers during a write, and 64 MB of cache hold a growing index (the default is 2 MB). A statement that
 * another process blocks waits only for a moment and is then retried (see `Database.run()`). Waiting longer would block the
 * readers behind it, and with better-sqlite3 the whole process.
 */
const PRAGMAS = ['busy_timeout = 10', 'cache_size = -65536']
const WRITE_AHEAD = 'journal_mode = WAL'

interface Sqlite3Connection {
  exec(sql: string, done: (error: Error | null) => void): void
}

/** Sets the journal mode that `setsJournal: false` left unchanged, after the file was found to be the site's. */
export async function setJournal(knex: Knex): Promise<void> {
  if (dialectOf(knex) === 'sqlite3') await createDatabase(knex, '').run(() => knex.raw(`PRAGMA ${WRITE_AHEAD}`))
}

function openSqlite3(filename: string, pragmas: readonly string[]): Knex {
  return openFile('sqlite3', filename, (connection: Sqlite3Connection, done) =>
    connection.exec(pragmas.map(pragma => `PRAGMA ${pragma};`).join(''), done),
  )
}

interface BetterSqlite3Connection {
  pragma(text: string): unknown
}

function openBetterSqlite3(filename: string, pragmas: readonly string[]): Knex {
  return openFile('better-sqlite3', filename, (connection: BetterSqlite3Connection, done) => {
    for (const pragma of pragmas) connection.pragma(pragma)
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
  return knex({ client, connection: { filename }, useNullAsDefault: true, log: NO_LOG, pool })
}
