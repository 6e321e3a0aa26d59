import type { Context } from 'koa'
import { foldLeadingSlashes } from '../http/is-under.ts'
import { readQuery } from '../http/query.ts'
import { REST_PREFIX } from './url.ts'

/** Paths that people type with an extra slash, from `https://example.com/` and `/wp-json`. */
const OWN_PATH =
  /^\/(?:wp-json|wp-admin|wp-login\.php|index\.php|oauth2|rest\/v1(?:\.\d+)?|\.well-known\/(?:oauth-authorization-server|oauth-protected-resource|openid-configuration|jwks\.json))(?:\/|$)/i
const INDEX = '/index.php'

/**
 * Rewrites WordPress's alternative URLs to our path: `//wp-json/…`, `/index.php/wp-json/…`, `/?rest_route=/…`. All other
 * paths belong to the host and stay unchanged.
 */
export function rewritePath(ctx: Context): void {
  const path = foldLeadingSlashes(ctx.path)
  const isFolded = path !== ctx.path
  if (path === '/' || path === INDEX) {
    const route = ctx.querystring === '' ? '' : (readQuery(ctx).get('rest_route') ?? '')
    // As in WordPress, an empty value means the home page.
    if (route !== '') ctx.path = pathOfRoute(route)
    return
  }
  if (path.startsWith(`${INDEX}${REST_PREFIX}`) && /^(?:\/|$)/.test(path.slice(INDEX.length + REST_PREFIX.length))) {
    ctx.path = path.slice(INDEX.length)
  } else if (isFolded && OWN_PATH.test(path)) ctx.path = path
}

/**
 * Returns the path of the route in `?rest_route=`. It is always under the REST API's prefix, so that an invalid route
 * matches nothing else.
 */
export function pathOfRoute(route: string): string {
  let end = route.length
  while (route[end - 1] === '/') end--
  const trimmed = route.slice(0, end).toWellFormed()
  if (trimmed === '' && route !== '') return `${REST_PREFIX}/`
  // WordPress compares routes exactly: one without a leading slash, or with two, is unknown.
  const isRoute = trimmed.startsWith('/') && !trimmed.includes('//')
  return isRoute
    ? REST_PREFIX + trimmed.replace(/[^\w.~%@:!$&'()*+,;=/-]/gu, encodeURIComponent)
    : `${REST_PREFIX}/${encodeURIComponent(trimmed)}`
}
