import test from 'ava'
import type { ConnectError } from '../../src/errors.ts'
import { networkOf } from '../../src/http/address.ts'
import { createMemoryCounts } from '../../src/throttle/memory-counts.ts'
import { createThrottle, LOG_IN_LIMITS, type Throttle } from '../../src/throttle/throttle.ts'

const attempts = async (throttle: Throttle, ip: string, login: string, times: number) => {
  for (let i = 0; i < times; i++) await throttle.attempt(ip, login)
}

test('a person who mistypes is stopped after ten failures, at that address and user only', async t => {
  const throttle = createThrottle('log-in', LOG_IN_LIMITS, createMemoryCounts())
  await attempts(throttle, '192.0.2.1', 'admin', 9)
  await throttle.attempt('192.0.2.1', 'ADMIN ')
  const error = await t.throwsAsync<ConnectError>(throttle.attempt('192.0.2.1', 'admin'), { code: 'too_many_attempts' })
  const seconds = Number(error?.headers['Retry-After'])
  t.true(seconds > 0 && seconds <= 600)
  await t.notThrowsAsync(throttle.attempt('192.0.2.1', 'sam'))
  await t.notThrowsAsync(throttle.attempt('192.0.2.2', 'admin'))
})

test('of many attempts at once no more than the limit pass', async t => {
  const throttle = createThrottle('log-in', LOG_IN_LIMITS, createMemoryCounts())
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => throttle.attempt('192.0.2.1', 'admin')))
  t.is(results.filter(({ status }) => status === 'fulfilled').length, 10)
})

test('an address that tries many users is stopped for all of them', async t => {
  const throttle = createThrottle('log-in', LOG_IN_LIMITS, createMemoryCounts())
  for (let user = 0; user < 100; user++) await throttle.attempt('192.0.2.1', `user${user}`)
  await t.throwsAsync(throttle.attempt('192.0.2.1', 'one more'), { code: 'too_many_attempts' })
  await t.notThrowsAsync(throttle.attempt('192.0.2.2', 'user1'))
})

test('a user tried from many addresses: each has one try, and the right password from elsewhere has its own', async t => {
  const throttle = createThrottle('log-in', LOG_IN_LIMITS, createMemoryCounts())
  for (let i = 0; i < 100; i++) await throttle.attempt(`198.51.100.${i}`, 'admin')
  await t.throwsAsync(throttle.attempt('198.51.100.7', 'admin'), { code: 'too_many_attempts' })
  await t.notThrowsAsync(throttle.attempt('203.0.113.1', 'admin'))
})

test('an address past its limit stays there, however many logins it makes up', async t => {
  const counts = createMemoryCounts(1000)
  const throttle = createThrottle('log-in', LOG_IN_LIMITS, counts)
  await attempts(throttle, '192.0.2.2', 'sam', 5)
  await attempts(throttle, '192.0.2.1', 'admin', 10)
  for (let i = 0; i < 3000; i++) await throttle.attempt('192.0.2.1', `made up ${i}`).catch(() => {})
  await t.throwsAsync(throttle.attempt('192.0.2.1', 'admin'), { code: 'too_many_attempts' })
  await attempts(throttle, '192.0.2.2', 'sam', 5)
  await t.throwsAsync(throttle.attempt('192.0.2.2', 'sam'), { code: 'too_many_attempts' }, 'nor is another forgotten')
  t.true(counts.size() < 250)
})

test('one address alone does not use up what a user is allowed from all', async t => {
  const throttle = createThrottle('log-in', LOG_IN_LIMITS, createMemoryCounts())
  for (let i = 0; i < 500; i++) await throttle.attempt('192.0.2.1', 'admin').catch(() => {})
  await t.notThrowsAsync(attempts(throttle, '192.0.2.2', 'admin', 10))
})

test('a store that says nothing sensible of when a count ends opens nothing', async t => {
  for (const secondsLeft of [0, -1, 0.2]) {
    const counts = { add: async () => Array(3).fill({ points: 1e6, secondsLeft }), forget: async () => {} }
    const throttle = createThrottle('log-in', LOG_IN_LIMITS, counts)
    const error = await t.throwsAsync<ConnectError>(throttle.attempt('192.0.2.1', 'admin'))
    t.deepEqual([error?.code, error?.headers['Retry-After']], ['too_many_attempts', '1'])
  }
})

test('a success forgives what was mistyped; what the site could not check does not count', async t => {
  const throttle = createThrottle('log-in', LOG_IN_LIMITS, createMemoryCounts())
  await attempts(throttle, '192.0.2.1', 'admin', 9)
  await throttle.forgive('192.0.2.1', 'admin')
  await attempts(throttle, '192.0.2.1', 'admin', 10)
  await throttle.takeBack('192.0.2.1', 'admin')
  await throttle.attempt('192.0.2.1', 'admin')
  await t.throwsAsync(throttle.attempt('192.0.2.1', 'admin'), { code: 'too_many_attempts' })
})

test('IPv6 callers are counted by the /64 that one customer has', t => {
  t.is(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:DB8:1:2::9'))
  t.not(networkOf('2001:db8:1:2::'), networkOf('2001:db8:1:3::'))
  t.is(networkOf('::1'), networkOf('::2'))
  t.is(networkOf('192.0.2.1'), '192.0.2.1')
})
