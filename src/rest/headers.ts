import type { Middleware } from 'koa'
import { createIsUnder } from '../http/is-under.ts'

/** Sets the headers that WordPress sends with every REST response. */
export function setRestHeaders(discoveryLink: string, prefixes: readonly string[]): Middleware {
  const isRest = createIsUnder(prefixes)
  return function koaWpConnectRestHeaders(ctx, next) {
    if (!isRest(ctx.path)) return next()
    ctx.append('Link', discoveryLink)
    ctx.set({
      'X-Content-Type-Options': 'nosniff',
      'X-Robots-Tag': 'noindex',
      'Access-Control-Expose-Headers': 'X-WP-Total, X-WP-TotalPages, Link, WWW-Authenticate, Retry-After',
      'Access-Control-Allow-Headers': 'Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type',
    })
    ctx.vary('Origin')
    const origin = ctx.get('Origin')
    if (origin !== '') {
      // WordPress allows every origin to send credentials: a cookie is worth nothing without a nonce, which no other origin
      // can read.
      ctx.set({
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Methods': 'OPTIONS, GET, POST, PUT, PATCH, DELETE',
        'Access-Control-Allow-Credentials': 'true',
      })
    }
    return next()
  }
}
