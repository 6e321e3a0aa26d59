import { randomBytes } from 'node:crypto'
import { rmSync } from 'node:fs'
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
  return isFile(wanted()) ? fileOf(wanted(), t) : databaseOn(wanted(), t)
}

/**
 * The same, but a file begins as a copy of the one that `fill` has filled for the first test of this process. Every site makes
 * its tables, users and keys: that would be most of what its test costs. On a server it is empty.
 */
export async function filledDatabase(t: ExecutionContext, fill: (url: string) => Promise<void>): Promise<string> {
  const url = await freshDatabase(t)
  if (!isFile(wanted())) return url
  filled ??= fillFile(wanted(), fill)
  await copyFile(await filled, pathOf(url))
  return url
}

let filled: Promise<string> | undefined

async function fillFile(scheme: string, fill: (url: string) => Promise<void>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'koa-wp-connect-'))
  process.once('exit', () => rmSync(directory, { recursive: true }))
  const url = `${scheme}${directory}/site.db`
  await fill(url)
  return pathOf(url)
}

const wanted = () => process.env.TEST_DATABASE_URL || 'sqlite:'
const isFile = (url: string) => /^(sqlite|better-sqlite3):$/.test(url)
const pathOf = (url: string) => url.slice(url.indexOf(':') + 1)

async function fileOf(scheme: string, t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'koa-wp-connect-'))
  t.teardown(() => rm(directory, { recursive: true }))
  return `${scheme}${directory}/site.db`
}

async function databaseOn(server: string, t: ExecutionContext): Promise<string> {
  const name = `koa_wp_connect_test_${randomBytes(8).toString('hex')}`
  const isPostgres = server.startsWith('postgres')
  await run(server, `CREATE DATABASE ${name}`)
  t.teardown(() => run(server, `DROP DATABASE ${name}${isPostgres ? ' WITH (FORCE)' : ''}`))
  const url = new URL(server)
  url.pathname = name
  return url.href
}

async function run(server: string, statement: string): Promise<void> {
  const connection = knex({ client: server.startsWith('postgres') ? 'pg' : 'mysql2', connection: server })
  try {
    await connection.raw(statement)
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
