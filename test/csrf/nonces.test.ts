import test from 'ava'
import { createNonces } from '../../src/csrf/nonces.ts'
import { SECRET } from '../support/site.ts'

const subject = { action: 'wp_rest', userId: '1', browser: 'abc' }
const HOUR = 3600_000

test('a nonce is valid only for its action, user and browser', t => {
  const { create, verify } = createNonces(SECRET)
  const nonce = create(subject)
  t.regex(nonce, /^[\w-]{22}$/)
  t.true(verify(nonce, subject))
  t.false(verify(nonce, { ...subject, action: 'other' }))
  t.false(verify(nonce, { ...subject, userId: '2' }))
  t.false(verify(nonce, { ...subject, userId: '' }))
  t.false(verify(nonce, { ...subject, browser: 'abd' }))
  t.false(verify(`${nonce}x`, subject))
  t.false(verify('', subject))
})

test('the parts of a nonce cannot be shifted', t => {
  const { create, verify } = createNonces(SECRET)
  t.false(
    verify(create({ action: 'revoke 1', userId: '2', browser: 'b' }), {
      action: 'revoke',
      userId: '1 2',
      browser: 'b',
    }),
  )
})

test('another secret creates other nonces', t => {
  t.false(createNonces(`${SECRET}!`).verify(createNonces(SECRET).create(subject), subject))
})

test('without a browser there is no nonce', t => {
  const { create, verify } = createNonces(SECRET)
  t.false(verify(create({ ...subject, browser: '' }), { ...subject, browser: '' }))
})

test('a nonce is valid for 12 to 24 hours', t => {
  let now = 1_800_000_000_000
  const { create, verify } = createNonces(SECRET, () => now)
  const nonce = create(subject)
  now += 12 * HOUR
  t.true(verify(nonce, subject))
  now += 12 * HOUR
  t.false(verify(nonce, subject))
})
