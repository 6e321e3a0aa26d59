import type { Context } from 'koa'

/** Whether the browser says that a page of another site sent this request. */
export function isCrossSite(ctx: Context, siteUrl: string): boolean {
  const site = ctx.get('Sec-Fetch-Site')
  if (site !== '') return site !== 'same-origin' && site !== 'none'
  // For browsers without Sec-Fetch-Site. Our own forms send "null", because of our Referrer-Policy.
  const origin = ctx.get('Origin')
  return origin !== '' && origin !== 'null' && origin !== new URL(siteUrl).origin
}

/**
 * Whether the browser does not reveal which page sent this request: it is older than Sec-Fetch-Site, or the site is on
 * plain http. Our own forms look like that, because of our Referrer-Policy. A page of another site can look like that too,
 * by a sandboxed frame.
 */
export const isOfUnknownSite = (ctx: Context): boolean =>
  ctx.get('Sec-Fetch-Site') === '' && ctx.get('Origin') === 'null'
