import { randomBytes } from 'node:crypto'
import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import knex, { type Knex } from 'knex'
import { takeTurn } from './turn.ts'

/**
 * A fresh, empty database of this test's own, gone when it ends: a SQLite file, or a database of random name on the
 * server that `TEST_DATABASE_URL` names (`postgres://…`, `mysql://…`; `better-sqlite3:` is a file with that driver).
 *
 * @returns its `DATABASE_URL`
 */
export async function freshDatabase(t: ExecutionContext): Promise<string> {
  await takeTurn(t)
  return make(t)
}

let filled: Promise<string> | undefined
/** Tests that began and have not ended. */
let users = 0
const ends: (() => unknown)[] = []

/**
 * The same, but it begins as a copy of the one that `fill` has filled for the first test of this process. Every site makes its
 * tables, users and keys: that would be most of what its test costs.
 */
export async function filledDatabase(t: ExecutionContext, fill: (url: string) => Promise<void>): Promise<string> {
  users++
  t.teardown(async () => {
    if (--users > 0) return
    filled = undefined
    for (const end of ends.splice(0)) await end()
  })
  await takeTurn(t)
  filled ??= make({ teardown: end => ends.push(end) }).then(async url => {
    await fill(url)
    return url
  })
  return make(t, await filled)
}

/** @param like its `DATABASE_URL` is of a database to copy */
async function make(t: Pick<ExecutionContext, 'teardown'>, like?: string): Promise<string> {
  const wanted = process.env.TEST_DATABASE_URL || 'sqlite:'
  return /^(sqlite|better-sqlite3):$/.test(wanted) ? fileOf(wanted, t, like) : databaseOn(wanted, t, like)
}

async function fileOf(scheme: string, t: Pick<ExecutionContext, 'teardown'>, like?: string): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'koa-wp-connect-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const file = `${directory}/site.db`
  if (like !== undefined) await copyFile(like.slice(scheme.length), file)
  return scheme + file
}

async function databaseOn(server: string, t: Pick<ExecutionContext, 'teardown'>, like?: string): Promise<string> {
  const name = `koa_wp_connect_test_${randomBytes(8).toString('hex')}`
  const isPostgres = server.startsWith('postgres')
  const original = like && new URL(like).pathname.slice(1)
  await connectedTo(server, async connection => {
    await connection.raw(`CREATE DATABASE ${name}${isPostgres && original ? ` TEMPLATE ${original}` : ''}`)
    t.teardown(() =>
      connectedTo(server, other => other.raw(`DROP DATABASE ${name}${isPostgres ? ' WITH (FORCE)' : ''}`)),
    )
    if (original && !isPostgres) await copyTables(connection, original, name)
  })
  const url = new URL(server)
  url.pathname = name
  return url.href
}

/** MariaDB and MySQL have no templates. */
async function copyTables(connection: Knex, from: string, to: string): Promise<void> {
  // MySQL names the column in capitals.
  const tables = await connection('information_schema.tables')
    .where('table_schema', from)
    .select({ name: 'table_name' })
  for (const { name: table } of tables) {
    await connection.raw(`CREATE TABLE ${to}.${table} LIKE ${from}.${table}`)
    await connection.raw(`INSERT INTO ${to}.${table} SELECT * FROM ${from}.${table}`)
  }
}

async function connectedTo(server: string, work: (connection: Knex) => PromiseLike<unknown>): Promise<void> {
  const connection = knex({ client: server.startsWith('postgres') ? 'pg' : 'mysql2', connection: server })
  try {
    await work(connection)
  } finally {
    await connection.destroy()
  }
}

/** Whether the server has INSERT … RETURNING: all that the suite runs on, save for MySQL itself. */
export async function hasReturning(on: Knex): Promise<boolean> {
  if (on.client.dialect !== 'mysql') return true
  const [[row]] = await on.raw('select version() as version')
  return /mariadb/i.test(row.version)
}
