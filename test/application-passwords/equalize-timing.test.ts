import test from 'ava'
import { type Clock, systemClock } from '../../src/application-passwords/equalize-timing.ts'
import { generic } from '../../src/application-passwords/hash.ts'
import { createVerifier } from '../../src/application-passwords/verify.ts'
import { loadFastHash } from '../../src/crypto/fast-hash.ts'
import type { User } from '../../src/users/user.ts'

test.before(loadFastHash)

/** How long a wrong password takes, on a clock that moves only while the user is looked up and while something waits. */
async function rejectionMs(user: User | null, lookupMs: number) {
  let now = 1_234_567
  const began = now
  const clock: Clock = {
    now: () => now,
    async wait(ms) {
      now += ms
    },
  }
  const parts: unknown = {
    rows: { findByLookup: async () => undefined, otherForms: () => async () => [] },
    users: {
      async findByLogin() {
        now += lookupMs
        return user
      },
    },
    userJoin: null,
    scheme: generic,
    throttle: { attempt: async () => {} },
    hooks: { emit: () => {} },
    clock,
  }
  const verify = createVerifier(parts as Parameters<typeof createVerifier>[0])
  const code = await verify('somebody', 'wrong', null).catch(error => error.code)
  return { code, ms: now - began }
}

test('a rejection takes whole ticks of time, whether the user exists or not', async t => {
  const code = 'incorrect_password'
  t.deepEqual(await rejectionMs(null, 3), { code, ms: 10 })
  t.deepEqual(await rejectionMs({ id: 1, login: 'somebody' }, 4), { code, ms: 10 })
  t.deepEqual(await rejectionMs(null, 10), { code, ms: 20 })
  t.deepEqual(await rejectionMs({ id: 1, login: 'somebody' }, 27), { code, ms: 30 })
})

test('the clock has whole milliseconds, as timers have', t => {
  t.true(Number.isInteger(systemClock.now()))
})
