import test from 'ava'
import { createMemoryCounts } from '../../src/throttle/memory-counts.ts'

test('very many keys do not fill the memory: the oldest are forgotten, and of each duration there are as many', async t => {
  const counts = createMemoryCounts(100)
  for (let i = 0; i < 1000; i++) await counts.add([{ key: `key ${i}`, seconds: 600 }], 1)
  t.is(counts.size(), 100)
  await counts.add([{ key: 'hourly', seconds: 3600 }], 1)
  t.is(counts.size(), 101)
  const again = await counts.add(
    ['key 999', 'key 1', 'hourly'].map(key => ({ key, seconds: key === 'hourly' ? 3600 : 600 })),
    1,
  )
  t.deepEqual(
    again.map(({ points }) => points),
    [2, 1, 2],
  )
})

test('what is over makes room, and is counted anew', async t => {
  const counts = createMemoryCounts()
  const short = { key: 'short', seconds: 0.05 }
  for (let i = 0; i < 50; i++) await counts.add([{ key: `other ${i}`, seconds: 0.05 }, short], 1)
  await new Promise(resolve => setTimeout(resolve, 80))
  const [count] = await counts.add([short], 1)
  t.is(count?.points, 1)
  t.true((count?.secondsLeft ?? 0) > 0)
  t.is(counts.size(), 1)
})
