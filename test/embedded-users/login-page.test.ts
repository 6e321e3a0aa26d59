import test from 'ava'
import type { Context } from 'koa'
import { loginPage } from '../../src/embedded-users/login-page.ts'
import { ConnectError } from '../../src/errors.ts'
import type { PageKit } from '../../src/pages/kit.ts'
import { createMemoryStore } from '../../src/throttle/memory-store.ts'
import { createThrottle, LOGIN_LIMITS } from '../../src/throttle/throttle.ts'

test('a login that fails after a correct password does not count, and gives back no extra attempt', async t => {
  const throttle = createThrottle('log-in', LOGIN_LIMITS, createMemoryStore())
  const kit = {
    site: { url: 'https://example.com' },
    path: (path: string) => path,
    form: async () => new Map([['log', 'sam']]),
    errors: (_: Context, work: () => Promise<void>) => work(),
  } as unknown as PageKit
  const page = loginPage(kit, {
    accountLogin: {
      find: async name => ({ name, found: null }),
      start: async () => ({ session: 'new', passwordHash: '' }),
    },
    sessionCookie: {
      replace: () => Promise.reject(new ConnectError('database_unavailable')),
      end: async () => {},
      user: async () => null,
      loggedIn: async () => null,
    },
    knownBrowsers: { find: () => null, remember: () => {} },
    throttle,
    throttleOfKnown: throttle,
    appNameAt: async () => null,
  })
  const ctx = {
    get: () => '',
    path: '/wp-login.php',
    method: 'POST',
    ip: '192.0.2.1',
    querystring: '',
    set: () => {},
  } as unknown as Context
  const logIn = async () => page(ctx, async () => {})
  for (let i = 0; i < 20; i++) await t.throwsAsync(logIn(), { code: 'database_unavailable' })
  for (let i = 0; i < 10; i++) await throttle.attempt('192.0.2.1', 'sam')
  await t.throwsAsync(throttle.attempt('192.0.2.1', 'sam'), { code: 'too_many_attempts' })
})
