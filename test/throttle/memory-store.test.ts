import test from 'ava'
import { createMemoryStore } from '../../src/throttle/memory-store.ts'

const counted = (kind: string, key: string, limit = 3, seconds = 600) => ({ kind, key, limit, seconds })
const pointsOf = async (counts: ReturnType<typeof createMemoryStore>, each: ReturnType<typeof counted>) =>
  (await counts.add([each], 1))[0]?.points

test('very many keys do not fill the memory: the oldest are dropped, and each kind has the same room', async t => {
  const counts = createMemoryStore(100)
  await counts.add([counted('other', 'key')], 1)
  for (let i = 0; i < 1000; i++) await counts.add([counted('kind', `key ${i}`)], 1)
  t.is(counts.size(), 101)
  t.is(await pointsOf(counts, counted('kind', 'key 999')), 2)
  t.is(await pointsOf(counts, counted('kind', 'key 1')), 1)
  t.is(await pointsOf(counts, counted('other', 'key')), 2, 'a flood of one kind pushes out no other')
})

test('a count that has reached its limit stays, however many other keys arrive', async t => {
  const counts = createMemoryStore(100)
  for (let i = 0; i < 3; i++) await counts.add([counted('kind', 'at its limit')], 1)
  await counts.add([counted('kind', 'below')], 1)
  for (let i = 0; i < 1000; i++) await counts.add([counted('kind', `key ${i}`)], 1)
  t.is(await pointsOf(counts, counted('kind', 'at its limit')), 4)
  t.is(await pointsOf(counts, counted('kind', 'below')), 1)
  t.is(counts.size(), 100)
})

test('if all counts have reached their limit, new keys share one count, and none is free', async t => {
  const counts = createMemoryStore(50)
  for (let i = 0; i < 150; i++) await counts.add([counted('kind', `key ${i % 50}`)], 1)
  const newcomers: (number | undefined)[] = []
  for (let i = 0; i < 5; i++) newcomers.push(await pointsOf(counts, counted('kind', `new ${i}`)))
  t.deepEqual(newcomers, [1, 2, 3, 4, 5])
  await counts.add([counted('kind', 'new 9')], -1)
  t.is(await pointsOf(counts, counted('kind', 'new 6')), 5)
  t.is(counts.size(), 50)
  t.is(await pointsOf(counts, counted('kind', 'key 7')), 4)
  await counts.forget(counted('kind', 'key 8'))
  t.is(await pointsOf(counts, counted('kind', 'new 7')), 1, 'there is room again')
})

test('taking back an attempt of an ended count gives no extra attempts', async t => {
  const counts = createMemoryStore()
  await counts.add([counted('kind', 'key')], -1)
  t.is(counts.size(), 0)
  t.is(await pointsOf(counts, counted('kind', 'key')), 1)
  for (let i = 0; i < 5; i++) await counts.add([counted('kind', 'key')], -1)
  t.is(await pointsOf(counts, counted('kind', 'key')), 1)
})

test('ended counts make room, and start again', async t => {
  const counts = createMemoryStore()
  const short = (key: string) => counted('kind', key, 3, 0.05)
  for (let i = 0; i < 50; i++) await counts.add([short(`other ${i}`), short('short')], 1)
  await new Promise(resolve => setTimeout(resolve, 80))
  t.is(await pointsOf(counts, short('short')), 1)
  t.is(counts.size(), 1)
})

test.serial('an attempt takes as many steps with a full memory as with an empty one', async t => {
  const counts = createMemoryStore(1000)
  const { prototype } = Map
  const original = prototype.delete
  const iterators = Object.getPrototypeOf(new Map().entries()) as { next: () => unknown }
  const next = iterators.next
  let steps = 0
  const count = <F extends (...given: never[]) => unknown>(work: F) =>
    function counting(this: unknown, ...given: never[]) {
      steps++
      return work.apply(this, given)
    } as unknown as F
  let most = 0
  for (let i = 0; i < 20_000; i++) {
    // Some reach their limit, some are forgotten.
    const each = counted('kind', i % 7 === 0 ? `repeated ${i % 700}` : `key ${i}`)
    steps = 0
    prototype.delete = count(original)
    iterators.next = count(next)
    // The work is done before it returns a promise, so that nothing else is counted.
    const added = counts.add([each], 1)
    if (i % 11 === 0) void counts.forget(counted('kind', `key ${i - 5}`))
    prototype.delete = original
    iterators.next = next
    most = Math.max(most, steps)
    await added
  }
  t.true(most > 0 && most <= 6, `${most} steps`)
})
