import { randomBytes } from 'node:crypto'
import type { Context } from 'koa'
import { type Cookies, readCookie } from '../pages/cookies.ts'

const COOKIE = 'koa_wp_connect'

/** Ids given in an answer that is still being written. */
const given = new WeakMap<Context, string>()

/** The random id of the caller's browser, which form tokens are bound to; '' if it has none yet. */
export function browserOf(ctx: Context): string {
  const value = given.get(ctx) ?? readCookie(ctx, COOKIE)
  return /^[\w-]{22}$/.test(value) ? value : ''
}

/** As `browserOf`, giving the browser an id if it has none. */
export function identifyBrowser(ctx: Context, cookies: Cookies): string {
  return browserOf(ctx) || renewBrowser(ctx, cookies)
}

/** Gives the browser a new id: whatever form tokens it holds end here. For log-in and log-out. */
export function renewBrowser(ctx: Context, cookies: Cookies): string {
  const browser = randomBytes(16).toString('base64url')
  given.set(ctx, browser)
  cookies.set(ctx, COOKIE, browser)
  return browser
}
