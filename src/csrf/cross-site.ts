import type { Context } from 'koa'

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
