import type { Context } from 'koa'

/**
 * Whether the host has nothing at an address for programs: it answered nothing, or with a page, as a fallback to `index.html`
 * does. Its own JSON, redirects and failures stay.
 */
export function isNotFound(ctx: Context): boolean {
  if (ctx.headerSent || ctx.respond === false) return false
  if (ctx.status === 404) return !ctx.response.is('json', '+json')
  return ctx.status === 200 && ctx.response.is('html') !== false
}

/** Removes what described the page that the answer replaces. */
export function removePage(ctx: Context): void {
  for (const name of ['ETag', 'Last-Modified', 'Content-Encoding', 'Content-Disposition', 'Accept-Ranges'])
    ctx.remove(name)
}
