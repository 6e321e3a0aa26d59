import test from 'ava'
import { hashArgon2id, verifyArgon2id } from '../../src/crypto/argon2id.ts'
import { CONCURRENCY, MAX_QUEUE, MAX_QUEUE_OF_KEY } from '../../src/crypto/hash-queue.ts'

const busyOf = (results: PromiseSettledResult<boolean>[]) =>
  results.filter(result => result.status === 'rejected' && result.reason.code === 'busy').length

test.serial('few hashes run at once, some wait, and the rest fail with busy', async t => {
  const hash = await hashArgon2id('right')
  const flood = await Promise.allSettled(Array.from({ length: 140 }, () => verifyArgon2id('wrong', hash)))
  t.is(busyOf(flood), 140 - CONCURRENCY - MAX_QUEUE)
  t.true(await verifyArgon2id('right', hash), 'and afterwards all is well')
})

test.serial('an endless stream of priority hashes does not starve the others', async t => {
  const hash = await hashArgon2id('right')
  let computed = 0
  let isOver = false
  const logIns = Array.from({ length: MAX_QUEUE_OF_KEY }, async () => {
    while (!isOver && computed < 100) {
      await verifyArgon2id('right', hash, { queueKey: 'sam', hasPriority: true })
      computed++
    }
  })
  t.true(await verifyArgon2id('right', hash, { queueKey: 'admin' }))
  t.true(computed <= 2 * CONCURRENCY + 1, `${computed} went first`)
  isOver = true
  await Promise.all(logIns)
})

test.serial('many guesses at one user queue up only for that user: another user waits for one of them', async t => {
  const hash = await hashArgon2id('right')
  let computed = 0
  async function guess(): Promise<boolean> {
    const isRight = await verifyArgon2id('wrong', hash, { queueKey: 'admin' })
    computed++
    return isRight
  }
  const flood = Promise.allSettled(Array.from({ length: 140 }, guess))
  t.true(await verifyArgon2id('right', hash, { queueKey: 'sam' }))
  t.true(computed <= 2 * CONCURRENCY + 1, `${computed} went first`)
  t.is(busyOf(await flood), 140 - CONCURRENCY - MAX_QUEUE_OF_KEY)
})
