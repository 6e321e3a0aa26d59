import type { Context } from 'koa'
import type { FormTokens } from '../csrf/form-tokens.ts'
import { REST_NONCE } from '../csrf/nonces.ts'
import { ConnectError } from '../errors.ts'
import { readQuery } from '../http/query.ts'
import type { Users } from '../users/user.ts'
import type { Auth } from './auth.ts'
import type { Way } from './authentication.ts'

/**
 * The site's own login. A cookie alone is not enough: any page of any site makes a browser send it. The nonce says that our page asked.
 * As in WordPress the login comes before Basic credentials, which a browser also sends for a site behind an HTTP Basic login.
 *
 * @param basic is asked where nobody is logged in
 */
export function sessionWay(users: Users, formTokens: FormTokens, basic: Way): Way {
  async function identify(ctx: Context, nonce: string): Promise<Auth | null> {
    const user = await users.current(ctx)
    const caller = user ? null : basic(ctx)
    if (caller) return caller
    if (!formTokens.verify(ctx, user, REST_NONCE, nonce)) throw new ConnectError('rest_cookie_invalid_nonce')
    return user ? { method: 'session', user } : null
  }

  return ctx => {
    const nonce = ctx.get('X-WP-Nonce') || (ctx.querystring && readQuery(ctx).get('_wpnonce'))
    return nonce ? identify(ctx, nonce) : null
  }
}
