import type { Context } from 'koa'
import type { Auth } from '../../authentication/auth.ts'
import type { Way } from '../../authentication/authentication.ts'
import { parseBearer } from '../../authentication/bearer.ts'
import { clientAddress } from '../../http/address.ts'
import type { Environment } from '../../site.ts'
import { httpsProblem } from '../https.ts'
import type { VerifyAccessToken } from './verify-access-token.ts'

/**
 * Authenticates a request by an access token in a Bearer header. Over plain http the token is ignored, like an application
 * password.
 */
export function bearerWay(verify: VerifyAccessToken, environment: Environment): Way {
  async function identify(ctx: Context, token: string): Promise<Auth | null> {
    const problem = httpsProblem(ctx, environment)
    if (!problem) return verify(token, ctx.path, clientAddress(ctx.ip))
    ctx.state.credentialsIgnored = problem
    return null
  }

  return ctx => {
    const token = parseBearer(ctx.get('Authorization'))
    return token === null ? null : identify(ctx, token)
  }
}
