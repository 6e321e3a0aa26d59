import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import openKnex, { type Knex } from 'knex'
import { createDatabase, limits } from '../../src/database/database.ts'
import { openDatabase } from '../../src/server/database.ts'
import { freshDatabase } from '../support/database.ts'
import { FOR_EVER, waitOnly } from '../support/limits.ts'

const UNAVAILABLE = { code: 'database_unavailable', message: /cannot reach its database/ }

test.serial('a thousand statements wait for a connection; one more fails at once', async t => {
  const { database, knex, occupy } = await start(t)
  waitOnly(t, limits, FOR_EVER)
  knex.client.pool.acquireTimeoutMillis = FOR_EVER
  const release = await occupy()
  const waiting = Promise.all(Array.from({ length: 1_000 }, () => database.run(knex('things').select())))
  await t.throwsAsync(database.run(knex('things').select()), UNAVAILABLE)
  await t.throwsAsync(
    database.transaction(async () => t.fail()),
    UNAVAILABLE,
  )
  await release()
  await t.notThrowsAsync(waiting)
  await t.notThrowsAsync(database.run(knex('things').select()))
})

test.serial('a statement that waits too long for a connection fails, and does not run later', async t => {
  const { database, knex, occupy } = await start(t)
  t.is(limits.waitMs, 5_000)
  waitOnly(t, limits, 100)
  const release = await occupy()
  await Promise.all([
    t.throwsAsync(database.run(knex('things').insert({ name: 'late' })), UNAVAILABLE),
    t.throwsAsync(
      database.transaction(on => on('things').insert({ name: 'late too' })),
      UNAVAILABLE,
    ),
  ])
  await release()
  await idle(knex)
  t.deepEqual(await knex('things').select(), [])
})

const onServer = /^(postgres|mysql)/.test(process.env.TEST_DATABASE_URL ?? '') ? test.serial : test.serial.skip

onServer('a statement that takes too long fails, and its connection is replaced', async t => {
  const { database, knex, isPostgres } = await start(t)
  const sleep = () => knex.raw(isPostgres ? 'SELECT pg_sleep(90)' : 'SELECT sleep(90)')
  waitOnly(t, limits, 500)
  await Promise.all(Array.from({ length: 10 }, () => t.throwsAsync(database.run(sleep()), UNAVAILABLE)))
  waitOnly(t, limits, 30_000)
  const all = Array.from({ length: 20 }, () => database.run(knex('things').select()))
  await t.notThrowsAsync(Promise.all(all))
})

const onFile = /^(postgres|mysql)/.test(process.env.TEST_DATABASE_URL ?? '') ? test.serial.skip : test.serial

onFile('a transaction that a reader keeps from being committed is tried again, and leaves nothing open', async t => {
  const { database, knex, url } = await start(t)
  waitOnly(t, limits, FOR_EVER)
  const { reader, read } = await readFor(t, knex, url)
  const isRefused = once(knex, 'query-error')
  const inserted = database.transaction(on => on('things').insert({ name: 'kept' }))
  await isRefused
  await read.rollback()
  await t.notThrowsAsync(inserted)
  await database.run(knex('things').insert({ name: 'kept too' }))
  t.deepEqual(await reader('things').pluck('name'), ['kept', 'kept too'])
})

onFile('a transaction that could not be committed in time leaves nothing open', async t => {
  const { database, knex, url } = await start(t)
  waitOnly(t, limits, 100)
  const { reader, read } = await readFor(t, knex, url)
  await t.throwsAsync(
    database.transaction(on => on('things').insert({ name: 'late' })),
    UNAVAILABLE,
  )
  // A COMMIT that has begun may still come through.
  await idle(knex)
  await read.rollback()
  waitOnly(t, limits, FOR_EVER)
  await database.run(knex('things').insert({ name: 'kept' }))
  t.deepEqual(await reader('things').pluck('name'), ['kept'])
})

test.serial('a transaction whose work took too long is not committed', async t => {
  const { database, knex } = await start(t)
  waitOnly(t, limits, 100)
  const { promise: isOver, resolve: end } = Promise.withResolvers<void>()
  await t.throwsAsync(
    database.transaction(async on => {
      await on('things').insert({ name: 'late' })
      await isOver
    }),
    UNAVAILABLE,
  )
  end()
  await idle(knex)
  t.deepEqual(await knex('things').select(), [])
})

/** Waits until no connection is used, nor wanted. */
async function idle({ client: { pool } }: Knex): Promise<void> {
  while (pool.numUsed() + pool.numPendingAcquires() > 0) await wait(5)
}

/** A reader in the midst of reading, who keeps writers out: without WAL, as a host's own Knex is by itself. */
async function readFor(t: ExecutionContext, knex: Knex, url: string) {
  await knex.raw('PRAGMA journal_mode = DELETE')
  const filename = url.replace(/^[\w-]+:/, '')
  const reader = openKnex({ client: knex.client.config.client, connection: { filename }, useNullAsDefault: true })
  t.teardown(() => reader.destroy())
  const read = await reader.transaction()
  await read('things').select()
  return { reader, read }
}

/** A database with a table, whose connections can all be taken. */
async function start(t: ExecutionContext) {
  const url = await freshDatabase(t)
  const knex = openDatabase(url)
  t.teardown(() => knex.destroy())
  await knex.schema.createTable('things', table => {
    table.increments()
    table.string('name')
  })
  return {
    url,
    knex,
    database: createDatabase(knex, 'connect_'),
    isPostgres: url.startsWith('postgres'),
    async occupy() {
      const { client } = knex
      const taken = await Promise.all(Array.from({ length: client.pool.max }, () => client.acquireConnection()))
      return () => Promise.all(taken.map(connection => client.releaseConnection(connection)))
    },
  }
}
