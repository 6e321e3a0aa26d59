import test from 'ava'
import { networkOf } from '../../src/authentication/address.ts'
import { createThrottle, LOG_IN_LIMITS } from '../../src/authentication/throttle.ts'
import type { ConnectError } from '../../src/errors.ts'

const fail = async (throttle: ReturnType<typeof createThrottle>, ip: string, login: string, times: number) => {
  for (let i = 0; i < times; i++) await throttle.countFailure(ip, login)
}

test('a person who mistypes is stopped at the tenth failure, at that address and user only', async t => {
  const throttle = createThrottle(LOG_IN_LIMITS)
  await fail(throttle, '192.0.2.1', 'admin', 9)
  await t.notThrowsAsync(throttle.check('192.0.2.1', 'admin'))
  await fail(throttle, '192.0.2.1', 'ADMIN ', 1)
  const error = await t.throwsAsync<ConnectError>(throttle.check('192.0.2.1', 'admin'), { code: 'too_many_attempts' })
  const seconds = Number(error?.headers['Retry-After'])
  t.true(seconds > 0 && seconds <= 600)
  await t.notThrowsAsync(throttle.check('192.0.2.1', 'sam'))
  await t.notThrowsAsync(throttle.check('192.0.2.2', 'admin'))
})

test('an address that tries many users is stopped for all of them', async t => {
  const throttle = createThrottle(LOG_IN_LIMITS)
  for (let user = 0; user < 100; user++) await throttle.countFailure('192.0.2.1', `user${user}`)
  await t.throwsAsync(throttle.check('192.0.2.1', 'one more'), { code: 'too_many_attempts' })
  await t.notThrowsAsync(throttle.check('192.0.2.2', 'user1'))
})

test('a user tried from many addresses: each has one try, and the right password from elsewhere has its own', async t => {
  const throttle = createThrottle(LOG_IN_LIMITS)
  for (let i = 0; i < 100; i++) await throttle.countFailure(`198.51.100.${i}`, 'admin')
  await t.throwsAsync(throttle.check('198.51.100.7', 'admin'), { code: 'too_many_attempts' })
  await t.notThrowsAsync(throttle.check('203.0.113.1', 'admin'))
})

test('a success forgives what was mistyped', async t => {
  const throttle = createThrottle(LOG_IN_LIMITS)
  await fail(throttle, '192.0.2.1', 'admin', 9)
  await throttle.forgive('192.0.2.1', 'admin')
  await fail(throttle, '192.0.2.1', 'admin', 9)
  await t.notThrowsAsync(throttle.check('192.0.2.1', 'admin'))
})

test('IPv6 callers are counted by the /64 that one customer has', t => {
  t.is(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:DB8:1:2::9'))
  t.not(networkOf('2001:db8:1:2::'), networkOf('2001:db8:1:3::'))
  t.is(networkOf('::1'), networkOf('::2'))
  t.is(networkOf('192.0.2.1'), '192.0.2.1')
})
