import type { Context } from 'koa'
import type { FormTokens } from '../csrf/form-tokens.ts'
import { REST_NONCE } from '../csrf/nonces.ts'
import { ConnectError } from '../errors.ts'
import { readQuery } from '../http/query.ts'
import type { Users } from '../users/user.ts'
import type { Auth } from './auth.ts'
import type { Way } from './authentication.ts'

/**
 * Authenticates a request by the site's own session. The cookie alone is not enough, because pages of other sites make the
 * browser send it too. The nonce proves that our page sent the request. As in WordPress, the session comes before Basic
 * credentials, which a browser also sends to a site behind an HTTP Basic login.
 *
 * @param basic tried if no user is logged in
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
