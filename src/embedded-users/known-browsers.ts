import { createHmac, type KeyObject } from 'node:crypto'
import type { Context } from 'koa'
import { constantTimeEqual } from '../crypto/constant-time.ts'
import { randomToken } from '../crypto/random-token.ts'
import type { Cookies } from '../http/cookies.ts'
import { fold } from '../values/fold.ts'
import type { Candidate } from './login.ts'

const COOKIE = 'koa_wp_connect_known'
/** Browsers keep no cookie longer than 400 days (RFC 6265bis, 5.5). */
const KEPT_SECONDS = 400 * 24 * 60 * 60

export type KnownBrowsers = ReturnType<typeof createKnownBrowsers>

/**
 * Browsers where somebody has logged in before, as OWASP's "device cookies": while others guess at an account from everywhere,
 * its owner still gets in where they always do. The cookie opens nothing: its attempts are counted by themselves, and wait in a
 * queue of their own. It ends with the password: whoever else had learned that one may have logged in by it.
 *
 * @param key of its own, see `deriveKey()`
 */
export function createKnownBrowsers(key: KeyObject, cookies: Cookies) {
  const sign = (id: string, name: string, passwordHash: string) =>
    createHmac('sha256', key)
      .update(JSON.stringify([id, fold(name), passwordHash]))
      .digest('base64url')

  return {
    /** @returns what this browser is counted by, or null if this user has not logged in there. */
    find(ctx: Context, { name, found }: Candidate): string | null {
      const [, id = '', signature = ''] = /^([\w-]{43})\.([\w-]{43})$/.exec(cookies.get(ctx, COOKIE)) ?? []
      if (id === '') return null
      return constantTimeEqual(sign(id, name, found?.passwordHash ?? ''), signature) ? id : null
    },
    /** After a log-in. @param passwordHash which the password was right for */
    remember(ctx: Context, { name }: Candidate, passwordHash: string): void {
      const id = randomToken()
      cookies.set(ctx, COOKIE, `${id}.${sign(id, name, passwordHash)}`, KEPT_SECONDS)
    },
  }
}
