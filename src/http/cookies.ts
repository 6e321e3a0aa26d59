import CookieJar from 'cookies'
import type { Context } from 'koa'

export interface Cookies {
  /** Returns the value that the browser sent, or ''. */
  get(ctx: Context, name: string): string
  /** @param maxAge seconds; without it the cookie is deleted when the browser is closed */
  set(ctx: Context, name: string, value: string, maxAge?: number): void
  clear(ctx: Context, name: string): void
}

/**
 * The package's cookies, set with the same library that Koa uses. It does not use `ctx.cookies`, which belongs to the host:
 * that throws for a secure cookie behind a TLS-terminating proxy that the host did not declare, and Egg's signs its
 * cookies. Whether a cookie is `Secure` follows from the site's URL.
 */
export function createCookies(siteUrl: string): Cookies {
  const { protocol, pathname } = new URL(siteUrl)
  const secure = protocol === 'https:'
  const attributes = { path: pathname, httpOnly: true, sameSite: 'lax', secure } as const
  // Browsers accept a cookie with this prefix only from this host, so no subdomain can plant one (RFC 6265bis, section
  // 4.1.3.2).
  const prefix = secure && pathname === '/' ? '__Host-' : ''
  const jarOf = ({ req, res }: Context) => new CookieJar(req, res, { secure })

  function send(ctx: Context, name: string, value: string, lifetime: { maxAge?: number }): void {
    const others = ctx.res.getHeader('Set-Cookie')
    // The library appends to the array that the host has set in Node. If the host reuses that array for every response, all
    // visitors would get the cookie.
    if (Array.isArray(others)) ctx.res.setHeader('Set-Cookie', [...others])
    jarOf(ctx).set(prefix + name, value, { ...attributes, ...lifetime })
  }

  return {
    get: (ctx, name) => jarOf(ctx).get(prefix + name) ?? '',
    set: (ctx, name, value, maxAge) => send(ctx, name, value, maxAge === undefined ? {} : { maxAge: maxAge * 1000 }),
    clear: (ctx, name) => send(ctx, name, '', { maxAge: 0 }),
  }
}
