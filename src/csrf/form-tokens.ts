import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import type { Cookies } from '../http/cookies.ts'
import type { User } from '../users/user.ts'
import type { Nonces } from './nonces.ts'

/** Identifies the browser, so that a token works only in the browser that it was created for. It logs no user in. */
const COOKIE = 'koa_wp_connect'

export type FormTokens = ReturnType<typeof createFormTokens>

/**
 * Creates and verifies nonces for one user's forms and scripts at one browser. Other sites cannot get them, and so cannot
 * send them.
 */
export function createFormTokens(nonces: Nonces, cookies: Cookies) {
  /** Ids that were set in a response that is not sent yet. */
  const given = new WeakMap<Context, string>()

  function browserOf(ctx: Context): string {
    const id = given.get(ctx) ?? cookies.get(ctx, COOKIE)
    return /^[\w-]{22}$/.test(id) ? id : ''
  }

  /** Gives the browser a new id, which invalidates all of its tokens. For login and logout. */
  function renewBrowser(ctx: Context): string {
    const id = randomBytes(16).toString('base64url')
    given.set(ctx, id)
    cookies.set(ctx, COOKIE, id)
    return id
  }

  const subject = (action: string, user: User | null, browser: string) => ({
    action,
    userId: user ? String(user.id) : '',
    browser,
  })

  return {
    renewBrowser,
    /** Creates a token for one action. A browser without an id gets one with this response. */
    create: (ctx: Context, user: User | null, action: string): string =>
      nonces.create(subject(action, user, browserOf(ctx) || renewBrowser(ctx))),
    verify: (ctx: Context, user: User | null, action: string, token: string): boolean =>
      nonces.verify(token, subject(action, user, browserOf(ctx))),
  }
}
