import test from 'ava'
import { hashArgon2id, verifyArgon2id } from '../../src/hashes/argon2id.ts'

test('a few are computed at once, some wait, and the rest are told that the site is busy', async t => {
  const hash = await hashArgon2id('right')
  const flood = await Promise.allSettled(Array.from({ length: 140 }, () => verifyArgon2id('wrong', hash)))
  const busy = flood.filter(result => result.status === 'rejected' && result.reason.code === 'busy').length
  t.is(busy, 36)
  t.true(await verifyArgon2id('right', hash), 'and afterwards all is well')
})
