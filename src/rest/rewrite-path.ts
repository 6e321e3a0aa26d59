import type { Context } from 'koa'
import { foldLeadingSlashes } from '../http/is-under.ts'
import { readQuery } from '../http/query.ts'
import { REST_PREFIX } from './url.ts'

/** Addresses that people type with a slash too many, as `https://example.com/` and `/wp-json`. */
const OWN_PATH =
  /^\/(?:wp-json|wp-admin|wp-login\.php|index\.php|oauth2|rest\/v1(?:\.\d+)?|\.well-known\/(?:oauth-authorization-server|oauth-protected-resource|openid-configuration|jwks\.json))(?:\/|$)/i
const INDEX = '/index.php'

/**
 * Gives the request the path of ours that its address means, in WordPress's other spellings: `//wp-json/…`,
 * `/index.php/wp-json/…`, `/?rest_route=/…`. Every other path stays as it is, because it is the host's.
 */
export function rewritePath(ctx: Context): void {
  const path = foldLeadingSlashes(ctx.path)
  const isFolded = path !== ctx.path
  if (path === '/' || path === INDEX) {
    const route = ctx.querystring === '' ? '' : (readQuery(ctx).get('rest_route') ?? '')
    // As in WordPress, an empty one asks for the home page.
    if (route !== '') ctx.path = pathOfRoute(route)
    return
  }
  if (path.startsWith(`${INDEX}${REST_PREFIX}`) && /^(?:\/|$)/.test(path.slice(INDEX.length + REST_PREFIX.length))) {
    ctx.path = path.slice(INDEX.length)
  } else if (isFolded && OWN_PATH.test(path)) ctx.path = path
}

/** The path of the route in `?rest_route=`. It is always under the REST API's prefix: where none is meant, none matches. */
export function pathOfRoute(route: string): string {
  let end = route.length
  while (route[end - 1] === '/') end--
  const trimmed = route.slice(0, end).toWellFormed()
  if (trimmed === '' && route !== '') return `${REST_PREFIX}/`
  // WordPress compares routes as they are: without a leading slash, or with two, it is another and unknown one.
  const isRoute = trimmed.startsWith('/') && !trimmed.includes('//')
  return isRoute
    ? REST_PREFIX + trimmed.replace(/[^\w.~%@:!$&'()*+,;=/-]/gu, encodeURIComponent)
    : `${REST_PREFIX}/${encodeURIComponent(trimmed)}`
}
