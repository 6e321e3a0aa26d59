import CookieJar from 'cookies'
import type { Context } from 'koa'

export interface Cookies {
  /** The value that the browser sent, '' if none. */
  get(ctx: Context, name: string): string
  /** @param maxAge seconds; without it the cookie ends with the browser */
  set(ctx: Context, name: string, value: string, maxAge?: number): void
  clear(ctx: Context, name: string): void
}

/**
 * The package's cookies, by the library that Koa uses. Not by `ctx.cookies`, which is the host's: it throws for a secure cookie where TLS
 * ends at a proxy that the host did not declare, and Egg's signs what it sets. Whether a cookie is `Secure` follows from the site's address.
 */
export function createCookies(siteUrl: string): Cookies {
  const { protocol, pathname } = new URL(siteUrl)
  const secure = protocol === 'https:'
  const attributes = { path: pathname, httpOnly: true, sameSite: 'lax', secure } as const
  // Browsers accept a cookie with this prefix from this very host only, so no subdomain can plant one (RFC 6265bis, 4.1.3.2).
  const prefix = secure && pathname === '/' ? '__Host-' : ''
  const jarOf = ({ req, res }: Context) => new CookieJar(req, res, { secure })

  function send(ctx: Context, name: string, value: string, lifetime: { maxAge?: number }): void {
    const others = ctx.res.getHeader('Set-Cookie')
    // The library adds to the very list that the host gave Node. If the host keeps it for every answer, all visitors would get the cookie.
    if (Array.isArray(others)) ctx.res.setHeader('Set-Cookie', [...others])
    jarOf(ctx).set(prefix + name, value, { ...attributes, ...lifetime })
  }

  return {
    get: (ctx, name) => jarOf(ctx).get(prefix + name) ?? '',
    set: (ctx, name, value, maxAge) => send(ctx, name, value, maxAge === undefined ? {} : { maxAge: maxAge * 1000 }),
    clear: (ctx, name) => send(ctx, name, '', { maxAge: 0 }),
  }
}
