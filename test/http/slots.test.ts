import test from 'ava'
import { createSlots } from '../../src/http/slots.ts'

const never = new AbortController().signal

test('so many at once; the next waits its turn, and past the queue one is told so at once', async t => {
  const slots = createSlots(2, 2)
  const [first, second] = [await slots.take(never), await slots.take(never)]
  const order: string[] = []
  const takeAs = async (name: string) => {
    const release = await slots.take(never)
    order.push(name)
    return release
  }
  const [third, fourth] = [takeAs('third'), takeAs('fourth')]
  await t.throwsAsync(slots.take(never), { message: /2 wait/ })
  first()
  first()
  const releaseThird = await third
  t.deepEqual(order, ['third'], 'a slot that is given back twice is one slot')
  second()
  const releaseFourth = await fourth
  releaseThird()
  releaseFourth()
  const again = await Promise.all([slots.take(never), slots.take(never)])
  t.is(again.length, 2)
})

test('whoever gives up leaves the queue, and takes no slot', async t => {
  const slots = createSlots(1, 5)
  const release = await slots.take(never)
  const controller = new AbortController()
  const waiting = slots.take(controller.signal)
  controller.abort(new Error('too late'))
  await t.throwsAsync(waiting, { message: 'too late' })
  await t.throwsAsync(slots.take(controller.signal), { message: 'too late' })
  release()
  const next = await slots.take(never)
  next()
  t.pass()
})
