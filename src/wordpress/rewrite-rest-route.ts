import type { Middleware } from 'koa'
import { REST_PREFIX } from './rest-url.ts'

/** `/?rest_route=/wp/v2/…` is `/wp-json/wp/v2/…`: WordPress's addresses for sites that cannot rewrite theirs. */
export const rewriteRestRoute: Middleware = function koaWpConnectRewriteRestRoute(ctx, next) {
  const route = ctx.path === '/' || ctx.path === '/index.php' ? ctx.query.rest_route : undefined
  const last = Array.isArray(route) ? route.at(-1) : route
  // A path only: anything else, such as "//", would make another address of it.
  if (last !== undefined && /^\/(?:[\w.~%-]|(?<!\/)\/)*$/.test(last)) ctx.path = REST_PREFIX + last
  return next()
}
