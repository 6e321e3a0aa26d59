import type { Middleware } from 'koa'
import { readQuery } from '../http/query.ts'
import { REST_PREFIX } from './rest-url.ts'

/** `/?rest_route=/wp/v2/…` is `/wp-json/wp/v2/…`: WordPress's addresses for sites that cannot rewrite theirs. */
export const rewriteRestRoute: Middleware = function koaWpConnectRewriteRestRoute(ctx, next) {
  const route = ctx.path === '/' || ctx.path === '/index.php' ? readQuery(ctx).get('rest_route') : undefined
  // A path only: anything else, such as "//", would make another address of it.
  if (route !== undefined && /^\/(?:[\w.~%-]|(?<!\/)\/)*$/.test(route)) ctx.path = REST_PREFIX + route
  return next()
}
