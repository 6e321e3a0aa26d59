import type { Context } from 'koa'

export type Cookies = ReturnType<typeof createCookies>

/**
 * Cookies of the package's own. Koa's `ctx.cookies` throws for a secure cookie wherever TLS ends at a proxy that the host
 * did not declare; whether to say `Secure` follows from the site's own address instead.
 */
export function createCookies(siteUrl: string) {
  const { protocol, pathname } = new URL(siteUrl)
  const attributes = `; Path=${pathname}; HttpOnly; SameSite=Lax${protocol === 'https:' ? '; Secure' : ''}`
  return {
    /** @param maxAge seconds; without it the cookie ends with the browser. */
    set(ctx: Context, name: string, value: string, maxAge?: number): void {
      ctx.append('Set-Cookie', `${name}=${value}${maxAge === undefined ? '' : `; Max-Age=${maxAge}`}${attributes}`)
    },
    clear(ctx: Context, name: string): void {
      ctx.append('Set-Cookie', `${name}=; Max-Age=0${attributes}`)
    },
  }
}

/** The value of a cookie that the browser sent, '' if none. */
export function readCookie(ctx: Context, name: string): string {
  for (const pair of ctx.get('Cookie').split(';')) {
    const equals = pair.indexOf('=')
    if (equals > 0 && pair.slice(0, equals).trim() === name) return pair.slice(equals + 1).trim()
  }
  return ''
}
