import test from 'ava'
import { createConcurrencyLimit } from '../../src/http/concurrency-limit.ts'

const never = new AbortController().signal

test('a limited number run at once; the next ones wait, and past the queue they fail at once', async t => {
  const slots = createConcurrencyLimit(2, 10)
  const [first, second] = [await slots.take('a', never), await slots.take('a', never)]
  const order: string[] = []
  const takeAs = async (name: string) => {
    const release = await slots.take(name, never)
    order.push(name)
    return release
  }
  const [third, fourth] = [takeAs('third'), takeAs('fourth')]
  await t.throwsAsync(slots.take('b', never), { message: /as many are waiting/ })
  first()
  first()
  const releaseThird = await third
  t.deepEqual(order, ['third'], 'a slot that is given back twice is one slot')
  second()
  const releaseFourth = await fourth
  releaseThird()
  releaseFourth()
  const again = await Promise.all([slots.take('a', never), slots.take('a', never)])
  t.is(again.length, 2)
})

test('an aborted caller leaves the queue, and takes no slot', async t => {
  const slots = createConcurrencyLimit(1, 1)
  const release = await slots.take('a', never)
  const controller = new AbortController()
  const waiting = slots.take('b', controller.signal)
  controller.abort(new Error('too late'))
  await t.throwsAsync(waiting, { message: 'too late' })
  await t.throwsAsync(slots.take('b', controller.signal), { message: 'too late' })
  release()
  const next = await slots.take('b', never)
  next()
  t.pass()
})

test('one caller has a limited number of slots, and others get the rest', async t => {
  const slots = createConcurrencyLimit(3, 2)
  const [first] = [await slots.take('a', never), await slots.take('a', never)]
  await t.throwsAsync(slots.take('a', never), { message: /2 requests of this caller are running/ })
  await slots.take('b', never)
  const waiting = slots.take('b', never)
  await t.throwsAsync(
    slots.take('b', never),
    { message: /2 requests of this caller are running/ },
    'one that waits counts',
  )
  first()
  await waiting
  await t.throwsAsync(slots.take('b', never), { message: /2 requests of this caller are running/ })
})
