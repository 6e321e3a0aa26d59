import { createHmac, type KeyObject } from 'node:crypto'
import type { Context } from 'koa'
import { constantTimeEqual } from '../crypto/constant-time.ts'
import { randomToken } from '../crypto/random-token.ts'
import type { Cookies } from '../http/cookies.ts'
import { fold } from '../values/fold.ts'
import type { Candidate } from './login.ts'

const COOKIE = 'koa_wp_connect_known'
/** Browsers keep cookies for 400 days at most (RFC 6265bis, section 5.5). */
const KEPT_SECONDS = 400 * 24 * 60 * 60

export type KnownBrowsers = ReturnType<typeof createKnownBrowsers>

/**
 * Recognizes browsers where a user has logged in before, like OWASP's "device cookies". While attackers guess at an account
 * from many addresses, its owner can still log in from a known browser. The cookie gives no access: its attempts are
 * counted separately and wait in a separate queue. It becomes invalid with the password, because another person who knew
 * the password may have logged in with it.
 *
 * @param key a separate key, see `deriveKey()`
 */
export function createKnownBrowsers(key: KeyObject, cookies: Cookies) {
  const sign = (id: string, name: string, passwordHash: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify([id, fold(name), passwordHash]))
      .digest('base64url')

  return {
    /** @returns the id that this browser's attempts are counted by; null if this user has not logged in there */
    find(ctx: Context, { name, found }: Candidate): string | null {
      const [, id = '', signature = ''] = /^([\w-]{43})\.([\w-]{43})$/.exec(cookies.get(ctx, COOKIE)) ?? []
      if (id === '') return null
      return constantTimeEqual(sign(id, name, found?.passwordHash ?? ''), signature) ? id : null
    },
    /**
     * Remembers the browser after a login.
     *
     * @param passwordHash the hash that the password matched
     */
    remember(ctx: Context, { name }: Candidate, passwordHash: string): void {
      const id = randomToken()
      cookies.set(ctx, COOKIE, `${id}.${sign(id, name, passwordHash)}`, KEPT_SECONDS)
    },
  }
}
