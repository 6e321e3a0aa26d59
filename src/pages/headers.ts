import type { Context } from 'koa'

/**
 * Headers of every page: nothing is stored, framed or sniffed, no address is passed on, and only our own files run.
 *
 * @param formsLeadAway whether a form's answer may lead to another site. Browsers apply `form-action` to every redirect
 * that follows, also to those of the application that it leads to, so a page with such a form cannot have one.
 */
export function setPageHeaders(ctx: Context, formsLeadAway = false): void {
  ctx.set({
    'Content-Security-Policy': pagePolicy(formsLeadAway),
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cache-Control': 'no-store',
    'X-Robots-Tag': 'noindex',
  })
  removeCorsHeaders(ctx)
}

/** The Content-Security-Policy of every page. */
export const pagePolicy = (formsLeadAway: boolean): string =>
  [
    "default-src 'none'",
    "style-src 'self'",
    "script-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    ...(formsLeadAway ? [] : ["form-action 'self'"]),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ')

/**
 * A host may let scripts of other origins read what it answers, with their cookies. Not what carries a form's token: whoever
 * reads it can act as the user.
 */
export function removeCorsHeaders(ctx: Context): void {
  ctx.remove('Access-Control-Allow-Origin')
  ctx.remove('Access-Control-Allow-Credentials')
}
