import test from 'ava'
import type { ConnectError } from '../../src/errors.ts'
import { createMemoryStore } from '../../src/throttle/memory-store.ts'
import { API_LIMITS, createThrottle, LOGIN_LIMITS, type Throttle } from '../../src/throttle/throttle.ts'
import { createUnknownAddresses } from '../../src/throttle/unknown-address.ts'

const attempts = async (throttle: Throttle, ip: string, login: string, times: number) => {
  for (let i = 0; i < times; i++) await throttle.attempt(ip, login)
}

test('a person who mistypes is stopped after ten failures, only at that address and user', async t => {
  const throttle = createThrottle('log-in', LOGIN_LIMITS, createMemoryStore())
  await attempts(throttle, '192.0.2.1', 'admin', 9)
  await throttle.attempt('192.0.2.1', 'ADMIN ')
  const error = await t.throwsAsync<ConnectError>(throttle.attempt('192.0.2.1', 'admin'), { code: 'too_many_attempts' })
  const seconds = Number(error?.headers['Retry-After'])
  t.true(seconds > 0 && seconds <= 600)
  await t.notThrowsAsync(throttle.attempt('192.0.2.1', 'sam'))
  await t.notThrowsAsync(throttle.attempt('192.0.2.2', 'admin'))
})

test('of many concurrent attempts, no more than the limit pass', async t => {
  const throttle = createThrottle('log-in', LOGIN_LIMITS, createMemoryStore())
  const results = await Promise.allSettled(Array.from({ length: 50 }, () => throttle.attempt('192.0.2.1', 'admin')))
  t.is(results.filter(({ status }) => status === 'fulfilled').length, 10)
})

test('an address that tries many users is stopped for all of them', async t => {
  const throttle = createThrottle('log-in', LOGIN_LIMITS, createMemoryStore())
  for (let user = 0; user < 100; user++) await throttle.attempt('192.0.2.1', `user${user}`)
  await t.throwsAsync(throttle.attempt('192.0.2.1', 'one more'), { code: 'too_many_attempts' })
  await t.notThrowsAsync(throttle.attempt('192.0.2.2', 'user1'))
})

test('past the per-user limit, each new address still gets one attempt', async t => {
  const throttle = createThrottle('log-in', LOGIN_LIMITS, createMemoryStore())
  for (let i = 0; i < 100; i++) await throttle.attempt(`198.51.100.${i}`, 'admin')
  await t.throwsAsync(throttle.attempt('198.51.100.7', 'admin'), { code: 'too_many_attempts' })
  await t.notThrowsAsync(throttle.attempt('203.0.113.1', 'admin'))
})

test('an address past its limit stays there, however many logins it invents', async t => {
  const counts = createMemoryStore(1000)
  const throttle = createThrottle('log-in', LOGIN_LIMITS, counts)
  await attempts(throttle, '192.0.2.2', 'sam', 5)
  await attempts(throttle, '192.0.2.1', 'admin', 10)
  for (let i = 0; i < 3000; i++) await throttle.attempt('192.0.2.1', `made up ${i}`).catch(() => {})
  await t.throwsAsync(throttle.attempt('192.0.2.1', 'admin'), { code: 'too_many_attempts' })
  await attempts(throttle, '192.0.2.2', 'sam', 5)
  await t.throwsAsync(throttle.attempt('192.0.2.2', 'sam'), { code: 'too_many_attempts' }, 'nor is another forgotten')
  t.true(counts.size() < 250)
})

test('a single address does not use up the limit of a user', async t => {
  const throttle = createThrottle('log-in', LOGIN_LIMITS, createMemoryStore())
  for (let i = 0; i < 500; i++) await throttle.attempt('192.0.2.1', 'admin').catch(() => {})
  await t.notThrowsAsync(attempts(throttle, '192.0.2.2', 'admin', 10))
})

test('a limit holds even if the store reports no valid end of the window', async t => {
  for (const secondsLeft of [0, -1, 0.2]) {
    const counts = { add: async () => Array(3).fill({ points: 1e6, secondsLeft }), forget: async () => {} }
    const throttle = createThrottle('log-in', LOGIN_LIMITS, counts)
    const error = await t.throwsAsync<ConnectError>(throttle.attempt('192.0.2.1', 'admin'))
    t.deepEqual([error?.code, error?.headers['Retry-After']], ['too_many_attempts', '1'])
  }
})

test('a success forgives earlier mistakes; an attempt that the site could not check does not count', async t => {
  const throttle = createThrottle('log-in', LOGIN_LIMITS, createMemoryStore())
  await attempts(throttle, '192.0.2.1', 'admin', 9)
  await throttle.forgive('192.0.2.1', 'admin')
  await attempts(throttle, '192.0.2.1', 'admin', 10)
  await throttle.takeBack('192.0.2.1', 'admin')
  await throttle.attempt('192.0.2.1', 'admin')
  await t.throwsAsync(throttle.attempt('192.0.2.1', 'admin'), { code: 'too_many_attempts' })
})

const outcomes = async (tries: (() => Promise<void>)[]) => {
  const seen: Record<string, number> = {}
  for (const attempt of tries) {
    const code = await attempt().then(
      () => 'allowed',
      (error: ConnectError) => error.code,
    )
    seen[code] = (seen[code] ?? 0) + 1
  }
  return seen
}

test('many IPv6 addresses of one line are one caller: limits hold for a /64, four times for a /56, sixteen times for a /48', async t => {
  const counted = async (address: (i: number) => string) => {
    const throttle = createThrottle('log-in', LOGIN_LIMITS, createMemoryStore())
    return outcomes(Array.from({ length: 2000 }, (_, i) => () => throttle.attempt(address(i), `user ${i}`)))
  }
  t.is((await counted(i => `2001:db8:1:2::${i.toString(16)}`)).allowed, 100)
  t.is((await counted(i => `2001:db8:1:${(i % 256).toString(16)}::1`)).allowed, 400)
  t.is((await counted(i => `2001:db8:1:${i.toString(16)}::1`)).allowed, 1600)
  t.is((await counted(i => `2001:db8:${i.toString(16)}::1`)).allowed, 2000)
})

test('rejected attempts of one IPv6 line do not count for other lines of its provider', async t => {
  const throttle = createThrottle('log-in', LOGIN_LIMITS, createMemoryStore())
  for (let i = 0; i < 3000; i++) await throttle.attempt('2001:db8:1:2::1', `user ${i % 10}`).catch(() => {})
  await t.throwsAsync(throttle.attempt('2001:db8:1:2::2', 'user 1'), { code: 'too_many_attempts' })
  for (let line = 3; line < 6; line++) await t.notThrowsAsync(throttle.attempt(`2001:db8:1:${line}::1`, 'user 1'))
})

test('past the per-user limit, a /48 gets sixteen more attempts, not one for each of its 65,536 networks', async t => {
  const throttle = createThrottle('log-in', LOGIN_LIMITS, createMemoryStore())
  const tries = (count: number) =>
    Array.from({ length: count }, (_, i) => () => throttle.attempt(`2001:db8:1:${(i * 256).toString(16)}::1`, 'admin'))
  t.deepEqual(await outcomes(tries(140)), { allowed: 100, too_many_attempts: 40 })
  await t.notThrowsAsync(throttle.attempt('2001:db8:2::1', 'admin'), 'a /48 that has not tried')
  await t.notThrowsAsync(throttle.attempt('192.0.2.1', 'admin'))
  const elsewhere = Array.from(
    { length: 40 },
    (_, i) => () => throttle.attempt(`2001:db8:3:${(i * 256).toString(16)}::1`, 'admin'),
  )
  t.deepEqual(await outcomes(elsewhere), { allowed: 16, too_many_attempts: 24 })
})

test('callers without an address share only the per-user limit, and each is noted', async t => {
  let told = 0
  const throttle = createThrottle('log-in', LOGIN_LIMITS, createMemoryStore(), () => void told++)
  const tries = Array.from({ length: 500 }, (_, i) => () => throttle.attempt(null, `user ${i}`))
  t.deepEqual(await outcomes(tries), { allowed: 500 })
  t.deepEqual(await outcomes(Array.from({ length: 110 }, () => () => throttle.attempt(null, 'admin'))), {
    allowed: 100,
    too_many_attempts: 10,
  })
  await t.notThrowsAsync(throttle.attempt('192.0.2.1', 'admin'), 'a caller with an address has a try of their own')
  t.is(told, 610)
})

test('many callers without an address are reported once', t => {
  const reports: { code: string }[] = []
  const unknown = createUnknownAddresses(error => reports.push(error as { code: string }))
  t.false(unknown.wereSeen())
  for (let i = 0; i < 3; i++) unknown.note()
  t.true(unknown.wereSeen())
  t.deepEqual(
    reports.map(({ code }) => code),
    ['caller_address_unknown'],
  )
})

test('a flood at the API, or of invented logins, lifts no limit of logins', async t => {
  const counts = createMemoryStore(500)
  const logIn = createThrottle('log-in', LOGIN_LIMITS, counts)
  const api = createThrottle('api', API_LIMITS, counts)
  await attempts(logIn, '192.0.2.1', 'admin', 10)
  const flood = async (throttle: Throttle) => {
    for (let i = 0; i < 3000; i++) await throttle.attempt(`10.0.${i >> 8}.${i & 255}`, `made up ${i}`)
  }
  await flood(api)
  await t.throwsAsync(logIn.attempt('192.0.2.1', 'admin'), { code: 'too_many_attempts' })
  await flood(logIn)
  await t.throwsAsync(logIn.attempt('192.0.2.1', 'admin'), { code: 'too_many_attempts' })
  t.true(counts.size() <= 6 * 500)
})

test('logins with invented names at a busy site are limited by address, and lift no count', async t => {
  const counts = createMemoryStore(500)
  const throttle = createThrottle('log-in', LOGIN_LIMITS, counts)
  await attempts(throttle, '192.0.2.1', 'admin', 9)
  let taken = 0
  for (const address of ['192.0.2.2', '192.0.2.3', '192.0.2.4', '192.0.2.5', '192.0.2.6', '192.0.2.7', '192.0.2.8']) {
    for (let i = 0; i < 300; i++) {
      const login = `made up at ${address} ${i}`
      await throttle.attempt(address, login).then(
        () => throttle.takeBack(address, login),
        () => taken++,
      )
    }
  }
  t.is(taken, 7 * 200)
  t.is(counts.size(), 3 + 7, 'only the addresses are remembered')
  await throttle.attempt('192.0.2.1', 'admin')
  await t.throwsAsync(throttle.attempt('192.0.2.1', 'admin'), { code: 'too_many_attempts' })
})
