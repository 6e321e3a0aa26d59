import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import knex from 'knex'
import { takeTurn } from './turn.ts'

/**
 * A fresh, empty database of this test's own, gone when it ends: a SQLite file, or a database of random name on the
 * server that `TEST_DATABASE_URL` names (`postgres://…`, `mysql://…`; `better-sqlite3:` is a file with that driver).
 *
 * @returns its `DATABASE_URL`
 */
export async function freshDatabase(t: ExecutionContext): Promise<string> {
  await takeTurn(t)
  const wanted = process.env.TEST_DATABASE_URL || 'sqlite:'
  return /^(sqlite|better-sqlite3):$/.test(wanted) ? fileOf(wanted, t) : databaseOn(wanted, t)
}

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
