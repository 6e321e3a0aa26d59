import type { Context } from 'koa'

/**
 * Sets the headers of every page: it cannot be cached, framed or sniffed, sends no referrer, and runs only our own files.
 *
 * @param formsLeadAway whether the response to a form may redirect to another site. Browsers apply `form-action` to all
 * redirects that follow, including the application's own, so a page with such a form cannot set it
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

/** Removes CORS headers that the host may have set. A page holds form tokens, so no other origin may read it. */
export function removeCorsHeaders(ctx: Context): void {
  ctx.remove('Access-Control-Allow-Origin')
  ctx.remove('Access-Control-Allow-Credentials')
}
