import test from 'ava'
import { createBatch } from '../../src/database/batch.ts'

test('simultaneous requests share one query, with each key once', async t => {
  const queries: string[][] = []
  const load = createBatch(async keys => {
    queries.push(keys)
    return new Map(keys.filter(key => key !== 'absent').map(key => [key, key.toUpperCase()]))
  })
  t.deepEqual(await Promise.all(['a', 'b', 'a', 'absent'].map(load)), ['A', 'B', 'A', undefined])
  t.deepEqual(queries, [['a', 'b', 'absent']])
})

test('nothing is cached: the next turn queries again', async t => {
  let value = 'old'
  const load = createBatch(async keys => new Map(keys.map(key => [key, value])))
  t.is(await load('a'), 'old')
  value = 'new'
  t.is(await load('a'), 'new')
})

test('a request that arrives while a query runs gets a later query', async t => {
  let queries = 0
  let asked: Promise<number | undefined> | undefined
  const load = createBatch<number>(async keys => {
    queries++
    if (queries === 1) asked = load('a')
    const mine = queries
    await new Promise(resolve => setTimeout(resolve, 10))
    return new Map(keys.map(key => [key, mine]))
  })
  t.is(await load('a'), 1)
  t.is(await asked, 2)
})

test('requests that arrive one by one while a query runs share the next one', async t => {
  const queries: string[][] = []
  let finish = () => {}
  const load = createBatch(async keys => {
    queries.push(keys)
    if (queries.length === 1) {
      await new Promise<void>(resolve => {
        finish = resolve
      })
    }
    return new Map(keys.map(key => [key, key]))
  })
  const nextTurn = () => new Promise(resolve => setImmediate(resolve))
  const first = load('a')
  await nextTurn()
  await nextTurn()
  const later = []
  for (const key of ['b', 'c', 'a']) {
    later.push(load(key))
    await nextTurn()
  }
  t.is(queries.length, 1)
  finish()
  t.deepEqual(await Promise.all([first, ...later]), ['a', 'b', 'c', 'a'])
  t.deepEqual(queries, [['a'], ['b', 'c', 'a']])
})

test('a failed query fails its own requests and no later ones', async t => {
  let fails = true
  const load = createBatch(async keys => {
    if (fails) throw new Error('down')
    return new Map(keys.map(key => [key, key]))
  })
  const results = await Promise.allSettled([load('a'), load('b')])
  t.true(results.every(({ status }) => status === 'rejected'))
  fails = false
  t.is(await load('a'), 'a')
})

test('very many keys are split into several statements', async t => {
  const sizes: number[] = []
  const load = createBatch(async keys => {
    sizes.push(keys.length)
    return new Map(keys.map(key => [key, key]))
  })
  const keys = Array.from({ length: 1001 }, (_, i) => String(i))
  t.deepEqual(await Promise.all(keys.map(load)), keys)
  t.deepEqual(sizes, [256, 256, 256, 233])
})

test('while the database is slow, a limited number of requests waits', async t => {
  let finish = () => {}
  let queries = 0
  const load = createBatch(async keys => {
    queries++
    await new Promise<void>(resolve => {
      finish = resolve
    })
    return new Map(keys.map(key => [key, key]))
  })
  const begun = async (count: number) => {
    while (queries < count) await new Promise(resolve => setImmediate(resolve))
  }
  const first = load('first')
  await begun(1)
  const waiting = Promise.all(Array.from({ length: 5_000 }, (_, at) => load(String(at % 10))))
  await t.throwsAsync(load('x'), { code: 'database_unavailable' })
  finish()
  t.is(await first, 'first')
  await begun(2)
  finish()
  t.is((await waiting).length, 5_000)
  const after = load('x')
  await begun(3)
  finish()
  t.is(await after, 'x')
})
