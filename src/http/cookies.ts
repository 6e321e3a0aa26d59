import type { Context } from 'koa'

export type Cookies = ReturnType<typeof createCookies>

/**
 * Cookies of the package's own. Koa's `ctx.cookies` throws for a secure cookie wherever TLS ends at a proxy that the host
 * did not declare; whether to say `Secure` follows from the site's own address instead.
 */
export function createCookies(siteUrl: string) {
  const { protocol, pathname } = new URL(siteUrl)
  const isSecure = protocol === 'https:'
  const attributes = `; Path=${pathname}; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`
  // Browsers take a cookie of such a name from this very host alone, so that no subdomain can plant one (RFC 6265bis, 4.1.3.2).
  const prefix = isSecure && pathname === '/' ? '__Host-' : ''

  return {
    /** The value that the browser sent, '' if none. */
    get(ctx: Context, name: string): string {
      for (const pair of ctx.get('Cookie').split(';')) {
        const equals = pair.indexOf('=')
        if (equals > 0 && pair.slice(0, equals).trim() === prefix + name) return pair.slice(equals + 1).trim()
      }
      return ''
    },
    /** @param maxAge seconds; without it the cookie ends with the browser. */
    set(ctx: Context, name: string, value: string, maxAge?: number): void {
      const lifetime = maxAge === undefined ? '' : `; Max-Age=${maxAge}`
      ctx.append('Set-Cookie', `${prefix}${name}=${value}${lifetime}${attributes}`)
    },
    clear(ctx: Context, name: string): void {
      ctx.append('Set-Cookie', `${prefix}${name}=; Max-Age=0${attributes}`)
    },
  }
}
