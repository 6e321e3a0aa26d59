import type { Context } from 'koa'
import type { Availability } from '../application-passwords/availability.ts'
import type { VerifyApplicationPassword } from '../application-passwords/verify.ts'
import type { FormTokens } from '../csrf/form-tokens.ts'
import { ConnectError } from '../errors.ts'
import { clientAddress } from '../http/address.ts'
import { readQuery } from '../http/query.ts'
import type { VerifyAccessToken } from '../oauth/tokens/verify-access-token.ts'
import type { Users } from '../users/user.ts'
import type { Auth } from './auth.ts'
import { parseBasic } from './basic.ts'
import { parseBearer } from './bearer.ts'

export type Authentication = ReturnType<typeof createAuthentication>

/** The action of a nonce that lets a page's own script use the REST API, as WordPress calls it. */
export const REST_NONCE = 'wp_rest'

interface Parts {
  /** Null where the site takes no access tokens. */
  oauth: { verifyAccessToken: VerifyAccessToken; refusal(ctx: Context): ConnectError | null } | null
  verifyApplicationPassword: VerifyApplicationPassword
  availability: Availability
  users: Users
  formTokens: FormTokens
}

/** Who is calling: by an application password, an access token, or the site's own log-in and a nonce. */
export function createAuthentication(parts: Parts) {
  const { verifyApplicationPassword, oauth, availability, users, formTokens } = parts

  async function byBasic(ctx: Context, login: string, password: string): Promise<Auth | null> {
    const refusal = await availability.refusal(ctx.secure)
    // As in WordPress, a site that does not offer application passwords does not look at Basic credentials.
    if (!refusal) return verifyApplicationPassword(login, password, clientAddress(ctx.ip))
    ctx.state.credentialsIgnored = refusal
    return null
  }

  async function byBearer(ctx: Context, oauth: NonNullable<Parts['oauth']>, token: string): Promise<Auth | null> {
    const refusal = oauth.refusal(ctx)
    if (!refusal) return oauth.verifyAccessToken(token, ctx.path, clientAddress(ctx.ip))
    ctx.state.credentialsIgnored = refusal
    return null
  }

  /**
   * A cookie alone is not enough: any page of any site makes a browser send it. The nonce says that our page asked. As in
   * WordPress the log-in comes before Basic credentials, which a browser also sends for a site behind an HTTP Basic log-in.
   */
  async function bySession(ctx: Context, nonce: string, authorization: string): Promise<Auth | null> {
    const user = await users.current(ctx)
    const basic = user ? null : parseBasic(authorization)
    if (basic) return byBasic(ctx, basic.login, basic.password)
    if (!formTokens.verify(ctx, user, REST_NONCE, nonce)) throw new ConnectError('rest_cookie_invalid_nonce')
    return user ? { method: 'session', user } : null
  }

  return {
    /**
     * @returns `null` for nobody: no credentials, or of a scheme that is not ours.
     * @throws ConnectError for credentials that are wrong; nobody is ever taken for somebody else.
     */
    identify(ctx: Context): Promise<Auth | null> | null {
      const authorization = ctx.get('Authorization')
      const token = oauth && parseBearer(authorization)
      if (oauth && token !== null) return byBearer(ctx, oauth, token)
      const nonce = ctx.get('X-WP-Nonce') || (ctx.querystring && readQuery(ctx).get('_wpnonce'))
      if (nonce) return bySession(ctx, nonce, authorization)
      const basic = parseBasic(authorization)
      return basic && byBasic(ctx, basic.login, basic.password)
    },
  }
}
