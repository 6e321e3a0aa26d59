import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Knex } from 'knex'
import { createDatabase } from '../../src/database/database.ts'
import { createSelectIn } from '../../src/database/select-in.ts'
import { openDatabase } from '../../src/server/database.ts'

interface Row {
  name: string
}

async function notes(t: ExecutionContext) {
  const folder = mkdtempSync(join(tmpdir(), 'koa-wp-connect-'))
  // Without WAL, so that a writer locks out readers.
  const open = (): Knex => {
    const knex = openDatabase(`sqlite:${join(folder, 'notes.db')}`, { setsJournal: false })
    t.teardown(() => knex.destroy())
    return knex
  }
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  const knex = open()
  const create = () => knex.schema.createTable('notes', table => table.string('name').primary())
  await create()
  await knex('notes').insert([{ name: 'a' }, { name: 'b' }])
  const database = createDatabase(knex, '')
  const select = createSelectIn<Row>(database, names => knex('notes').whereIn('name', names))
  const find = async (...names: string[]) => (await select(names)).map(({ name }) => name).toSorted()
  return { knex, open, create, find }
}

/** Opens the pool's only connection, for a moment. */
async function withConnection(knex: Knex, use: (connection: Connection) => Promise<void> | void): Promise<void> {
  const connection = await knex.client.acquireConnection()
  try {
    await use(connection)
  } finally {
    await knex.client.releaseConnection(connection)
  }
}

interface Connection {
  prepare(sql: string, ...rest: unknown[]): unknown
  close(done: (error: Error | null) => void): void
}

test('a statement is prepared once for each connection', async t => {
  const { knex, find } = await notes(t)
  let count = 0
  await withConnection(knex, connection => {
    const { prepare } = connection
    connection.prepare = function (...given) {
      count++
      return prepare.apply(this, given)
    }
  })
  t.deepEqual(await find('a'), ['a'])
  t.deepEqual(await find('b'), ['b'])
  t.is(count, 1)
})

test('a row that another connection deletes is not found by the next SELECT', async t => {
  const { open, find } = await notes(t)
  t.deepEqual(await find('a'), ['a'])
  await open()('notes').where('name', 'a').delete()
  t.deepEqual(await find('a'), [])
})

test('a prepared SELECT works again after its table was dropped and created', async t => {
  const { knex, create, find } = await notes(t)
  t.deepEqual(await find('a'), ['a'])
  await knex.schema.dropTable('notes')
  await t.throwsAsync(find('a'), { code: 'database_unavailable' })
  await create()
  t.deepEqual(await find('a'), [])
  await knex('notes').insert({ name: 'a' })
  t.deepEqual(await find('a'), ['a'])
})

test('a prepared SELECT reads a column that was added later', async t => {
  const { knex, find } = await notes(t)
  t.deepEqual(await find('a'), ['a'])
  await knex.schema.alterTable('notes', table => table.string('text'))
  t.deepEqual(await find('a'), ['a'])
})

test('a closed connection fails one SELECT, and the pool opens another connection', async t => {
  const { knex, find } = await notes(t)
  t.deepEqual(await find('a'), ['a'])
  await withConnection(
    knex,
    connection => new Promise((resolve, reject) => connection.close(error => (error ? reject(error) : resolve()))),
  )
  await t.throwsAsync(find('a'), { code: 'database_unavailable' })
  t.deepEqual(await find('a'), ['a'])
})

test('a Knex whose connection has prepared statements can be destroyed', async t => {
  const { knex, find } = await notes(t)
  t.deepEqual(await find('a', 'b'), ['a', 'b'])
  await t.notThrowsAsync(knex.destroy())
})

test("the host's listeners see the SELECT, its rows and its error", async t => {
  const { knex, find } = await notes(t)
  const seen: unknown[] = []
  knex.on('query', ({ bindings }: { bindings: unknown }) => seen.push(bindings))
  knex.on('query-response', (rows: unknown) => seen.push(rows))
  await find('a')
  t.deepEqual(seen, [['a'], [{ name: 'a' }]])
  await knex.schema.dropTable('notes')
  const errors: unknown[] = []
  knex.on('query-error', (error: Error) => errors.push(error.message))
  await t.throwsAsync(find('a'))
  t.is(errors.length, 1)
})

test('a SELECT runs again while another connection holds the lock', async t => {
  const { knex, open, find } = await notes(t)
  t.deepEqual(await find('a'), ['a'])
  const other = open()
  await other.raw('BEGIN EXCLUSIVE')
  const failed = new Promise(resolve => knex.once('query-error', resolve))
  const found = find('a')
  t.is(((await failed) as { code: string }).code, 'SQLITE_BUSY')
  await other('notes').where('name', 'a').delete()
  await other.raw('COMMIT')
  t.deepEqual(await found, [])
})
