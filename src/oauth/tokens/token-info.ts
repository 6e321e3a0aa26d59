import type { Context } from 'koa'
import { tokenHash } from '../../crypto/random-token.ts'
import { readQuery } from '../../http/query.ts'
import type { Site } from '../../site.ts'
import type { Users } from '../../users/user.ts'
import { nowInSeconds } from '../../values/unix-seconds.ts'
import { answerOAuth } from '../oauth-response.ts'
import { blogOf } from './token-answer.ts'
import type { TokenRows } from './token-rows.ts'
import { tokenUser } from './token-user.ts'

/**
 * `GET /oauth2/token-info?client_id&token`, in WordPress.com's format: whether a token is valid and was issued to this
 * client. An application that receives a token from its user's browser must check this before it trusts the token.
 */
export function tokenInfoEndpoint(site: Site, users: Users, tokens: TokenRows) {
  return async function tokenInfo(ctx: Context): Promise<void> {
    const query = readQuery(ctx)
    const token = await tokens.findAccessToken(tokenHash(query.get('token') ?? ''))
    const isGood =
      token !== undefined &&
      token.expires > nowInSeconds() &&
      token.clientId === query.get('client_id') &&
      Boolean(await tokenUser(users, token))
    if (!isGood) {
      const error_description = 'The specified token is invalid.'
      return answerOAuth(ctx, 400, { error: 'invalid_request', error_description })
    }
    answerOAuth(ctx, 200, {
      client_id: token.clientId,
      user_id: token.userId,
      blog_id: blogOf(site, token).blog_id,
      scope: token.scopes.join(' '),
    })
  }
}
