import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import type { Cookies } from '../http/cookies.ts'
import type { User } from '../users/user.ts'
import type { Nonces } from './nonces.ts'

/** Names the browser, so that a token works in the browser that it was made for alone. It signs nobody in. */
const COOKIE = 'koa_wp_connect'

export type FormTokens = ReturnType<typeof createFormTokens>

/** Nonces for one user's forms and scripts at one browser: what another site cannot have, and so cannot send. */
export function createFormTokens(nonces: Nonces, cookies: Cookies) {
  /** Ids given in an answer that is still being written. */
  const given = new WeakMap<Context, string>()

  function browserOf(ctx: Context): string {
    const id = given.get(ctx) ?? cookies.get(ctx, COOKIE)
    return /^[\w-]{22}$/.test(id) ? id : ''
  }

  /** Gives the browser a new id: whatever tokens it holds end here. For log-in and log-out. */
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
    /** A token for one action; a browser that has no id gets one with this answer. */
    create: (ctx: Context, user: User | null, action: string): string =>
      nonces.create(subject(action, user, browserOf(ctx) || renewBrowser(ctx))),
    verify: (ctx: Context, user: User | null, action: string, token: string): boolean =>
      nonces.verify(token, subject(action, user, browserOf(ctx))),
  }
}
