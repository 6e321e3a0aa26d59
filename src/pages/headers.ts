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
  letNoOriginRead(ctx)
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
export function letNoOriginRead(ctx: Context): void {
  ctx.remove('Access-Control-Allow-Origin')
  ctx.remove('Access-Control-Allow-Credentials')
}

/** Whether the browser says that a page of another site sent this request. */
export function isCrossSite(ctx: Context, siteUrl: string): boolean {
  const site = ctx.get('Sec-Fetch-Site')
  if (site !== '') return site !== 'same-origin' && site !== 'none'
  // Browsers before Sec-Fetch-Site. Our own forms come with "null", because of our Referrer-Policy.
  const origin = ctx.get('Origin')
  return origin !== '' && origin !== 'null' && origin !== new URL(siteUrl).origin
}

/**
 * Whether a browser from before Sec-Fetch-Site, or on plain http, keeps silent about which page sent this request. Our own forms
 * do, because of our Referrer-Policy; so can any page of another site, by a sandboxed frame.
 */
export const isOfUnknownSite = (ctx: Context): boolean =>
  ctx.get('Sec-Fetch-Site') === '' && ctx.get('Origin') === 'null'
