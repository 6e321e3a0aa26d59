import type { Context } from 'koa'
import type { Auth } from '../authentication/auth.ts'
import type { Way } from '../authentication/authentication.ts'
import { parseBasic } from '../authentication/basic.ts'
import { clientAddress } from '../http/address.ts'
import type { Availability } from './availability.ts'
import type { VerifyApplicationPassword } from './verify.ts'

/** Authenticates a request by login and application password (HTTP Basic). */
export function basicWay(verify: VerifyApplicationPassword, availability: Availability): Way {
  async function identify(ctx: Context, login: string, password: string): Promise<Auth | null> {
    const unavailable = await availability.unavailableReason(ctx.secure)
    // As in WordPress, a site that does not offer application passwords ignores Basic credentials.
    if (!unavailable) return verify(login, password, clientAddress(ctx.ip))
    ctx.state.credentialsIgnored = unavailable
    return null
  }

  return ctx => {
    const basic = parseBasic(ctx.get('Authorization'))
    return basic && identify(ctx, basic.login, basic.password)
  }
}
