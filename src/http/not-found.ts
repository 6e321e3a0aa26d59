import type { Context } from 'koa'

/**
 * Whether the host has nothing for programs at a URL: it sent no response, or a page, such as a fallback to `index.html`.
 * The host's JSON, redirects and errors are kept.
 */
export function isNotFound(ctx: Context): boolean {
  if (ctx.headerSent || ctx.respond === false) return false
  if (ctx.status === 404) return !ctx.response.is('json', '+json')
  return ctx.status === 200 && ctx.response.is('html') !== false
}

/** Removes headers of the page that the new response replaces. */
export function removePage(ctx: Context): void {
  for (const name of ['ETag', 'Last-Modified', 'Content-Encoding', 'Content-Disposition', 'Accept-Ranges'])
    ctx.remove(name)
}
