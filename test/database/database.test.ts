import { setTimeout as wait } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import openKnex, { type Knex } from 'knex'
import { createDatabase } from '../../src/database/database.ts'
import { openDatabase } from '../../src/server/database.ts'
import { freshDatabase } from '../support/database.ts'

const UNAVAILABLE = { code: 'database_unavailable', message: /cannot reach its database/ }

test('a thousand statements wait for a connection; one more is told at once', async t => {
  const { database, knex, occupy } = await start(t)
  const release = await occupy()
  const waiting = Promise.allSettled(Array.from({ length: 1_000 }, () => database.run(knex('things').select())))
  const before = Date.now()
  await t.throwsAsync(database.run(knex('things').select()), UNAVAILABLE)
  await t.throwsAsync(
    database.transaction(async () => t.fail()),
    UNAVAILABLE,
  )
  t.true(Date.now() - before < 1_000)
  await release()
  const results = await waiting
  const refused = results.filter(result => result.status === 'rejected')
  // On a very busy machine the last ones may wait too long.
  t.true(refused.length < 500)
  t.true(refused.every(({ reason }) => reason.code === UNAVAILABLE.code))
  await t.notThrowsAsync(database.run(knex('things').select()))
})

test('what waits too long for a connection fails, and does not happen later', async t => {
  const { database, knex, occupy } = await start(t)
  const release = await occupy()
  const before = Date.now()
  await Promise.all([
    t.throwsAsync(database.run(knex('things').insert({ name: 'late' })), UNAVAILABLE),
    t.throwsAsync(
      database.transaction(on => on('things').insert({ name: 'late too' })),
      UNAVAILABLE,
    ),
  ])
  const took = Date.now() - before
  t.true(took > 4_000 && took < 8_000, `${took} ms`)
  await release()
  await wait(500)
  t.deepEqual(await database.run(knex('things').select()), [])
  const { pool } = knex.client
  t.deepEqual([pool.numUsed(), pool.numPendingAcquires()], [0, 0])
})

const onServer = /^(postgres|mysql)/.test(process.env.TEST_DATABASE_URL ?? '') ? test : test.skip

onServer('a statement that takes too long fails, and its connection is replaced', async t => {
  const { database, knex, isPostgres } = await start(t)
  const sleep = () => knex.raw(isPostgres ? 'SELECT pg_sleep(30)' : 'SELECT sleep(30)')
  const before = Date.now()
  await Promise.all(Array.from({ length: 10 }, () => t.throwsAsync(database.run(sleep()), UNAVAILABLE)))
  const all = Array.from({ length: 20 }, () => database.run(knex('things').select()))
  await t.notThrowsAsync(Promise.all(all))
  t.true(Date.now() - before < 25_000)
})

const onFile = /^(postgres|mysql)/.test(process.env.TEST_DATABASE_URL ?? '') ? test.skip : test

onFile('a transaction that a reader keeps from being committed is tried again, and leaves nothing open', async t => {
  const { database, knex, url } = await start(t)
  const { reader, read } = await readFor(t, knex, url)
  const inserted = database.transaction(on => on('things').insert({ name: 'kept' }))
  await wait(300)
  await read.rollback()
  await t.notThrowsAsync(inserted)
  await database.run(knex('things').insert({ name: 'kept too' }))
  t.deepEqual(await reader('things').pluck('name'), ['kept', 'kept too'])
})

onFile('a transaction that could not be committed in time leaves nothing open', async t => {
  const { database, knex, url } = await start(t)
  const { reader, read } = await readFor(t, knex, url)
  await t.throwsAsync(
    database.transaction(on => on('things').insert({ name: 'late' })),
    UNAVAILABLE,
  )
  // A COMMIT that has begun may still come through.
  await wait(500)
  await read.rollback()
  await database.run(knex('things').insert({ name: 'kept' }))
  t.deepEqual(await reader('things').pluck('name'), ['kept'])
})

test('a transaction whose work took too long is not committed after all', async t => {
  const { database, knex } = await start(t)
  await t.throwsAsync(
    database.transaction(async on => {
      await on('things').insert({ name: 'late' })
      await wait(5_500)
    }),
    UNAVAILABLE,
  )
  await wait(1_000)
  t.deepEqual(await knex('things').select(), [])
})

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
