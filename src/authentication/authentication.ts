import type { Context } from 'koa'
import type { Availability } from '../application-passwords/availability.ts'
import type { VerifyApplicationPassword } from '../application-passwords/verify.ts'
import { ConnectError } from '../errors.ts'
import type { Hooks } from '../hooks.ts'
import type { Users } from '../users/user.ts'
import { clientAddress } from './address.ts'
import type { ApplicationPasswordAuth, Auth } from './auth.ts'
import { parseBasic } from './basic.ts'
import type { FormTokens } from './form-tokens.ts'
import type { Throttle } from './throttle.ts'

export type Authentication = ReturnType<typeof createAuthentication>

export const REST_NONCE = 'wp_rest'

interface Parts {
  verifyApplicationPassword: VerifyApplicationPassword
  availability: Availability
  users: Users
  formTokens: FormTokens
  throttle: Throttle
  hooks: Hooks
}

/** Who is calling: by HTTP Basic and an application password, or by the site's own log-in and a nonce. */
export function createAuthentication({
  verifyApplicationPassword,
  availability,
  users,
  formTokens,
  throttle,
  hooks,
}: Parts) {
  /**
   * For hosts' own protocols.
   *
   * A right password is always let in, also past the limit of failed attempts: 142 random bits cannot be guessed, and
   * one forgotten script must not lock out the others behind its address.
   *
   * @throws ConnectError `incorrect_password`, `application_passwords_disabled_for_user`, `too_many_attempts`
   */
  async function verifyCredentials(
    login: string,
    password: string,
    ip: string | null,
  ): Promise<ApplicationPasswordAuth> {
    try {
      const { user, applicationPassword } = await verifyApplicationPassword(login, password, ip)
      const { uuid, name } = applicationPassword
      return { method: 'application-password', user, applicationPassword: { uuid, name } }
    } catch (error) {
      if (!(error instanceof ConnectError) || error.status !== 401) throw error
      hooks.emit('application-password-refused', { login, ip, code: error.code })
      await throttle.check(ip, login)
      await throttle.countFailure(ip, login)
      throw error
    }
  }

  /** A cookie alone is not enough: any page of any site makes a browser send it. The nonce says that our page asked. */
  async function bySession(ctx: Context, nonce: string): Promise<Auth | null> {
    const user = await users.current(ctx)
    if (!formTokens.verify(ctx, user, REST_NONCE, nonce)) throw new ConnectError('rest_cookie_invalid_nonce')
    return user && { method: 'session', user }
  }

  return {
    verifyCredentials,
    /**
     * @returns `null` for nobody: no credentials, or of a scheme that is not ours.
     * @throws ConnectError for credentials that are wrong; nobody is ever taken for somebody else.
     */
    async identify(ctx: Context): Promise<Auth | null> {
      const basic = parseBasic(ctx.get('Authorization'))
      if (basic) {
        // As in WordPress, a site that does not offer application passwords does not look at Basic credentials.
        if (!(await availability.isAvailable(ctx))) return null
        return verifyCredentials(basic.login, basic.password, clientAddress(ctx.ip))
      }
      const nonce = ctx.get('X-WP-Nonce') || lastOf(ctx.query._wpnonce)
      return nonce ? bySession(ctx, nonce) : null
    },
  }
}

const lastOf = (value: string | string[] | undefined): string => (Array.isArray(value) ? value.at(-1) : value) ?? ''
