import type { Context } from 'koa'
import { ConnectError } from '../errors.ts'
import type { Hooks } from '../hooks.ts'
import type { CheckedOptions } from '../options.ts'
import type { User } from '../users/user.ts'

export type Availability = ReturnType<typeof createAvailability>

/** Whether application passwords can be had, by WordPress's rule: over https, or anywhere in a `local` environment. */
export function createAvailability(environment: CheckedOptions['environment'], hooks: Hooks) {
  const isSafe = (ctx: Context) => ctx.secure || environment === 'local'

  const isAvailable = async (ctx: Context): Promise<boolean> =>
    isSafe(ctx) && (await hooks.apply('application-passwords-available', true, {}))

  /** @throws ConnectError `application_passwords_disabled` */
  async function check(ctx: Context): Promise<void> {
    if (!isSafe(ctx)) throw new ConnectError('application_passwords_disabled', { message: NEEDS_HTTPS })
    if (!(await isAvailable(ctx))) throw new ConnectError('application_passwords_disabled')
  }

  /** @throws ConnectError `application_passwords_disabled_for_user` */
  async function checkFor(user: User): Promise<void> {
    if (!(await hooks.apply('application-passwords-available-for-user', true, { user }))) {
      throw new ConnectError('application_passwords_disabled_for_user')
    }
  }

  return {
    isAvailable,
    check,
    checkFor,
    /** @returns the refusal to show on a page, or null where application passwords can be had. */
    async whyNot(ctx: Context, user: User): Promise<ConnectError | null> {
      try {
        await check(ctx)
        await checkFor(user)
        return null
      } catch (error) {
        if (error instanceof ConnectError && error.status === 501) return error
        throw error
      }
    },
  }
}

const NEEDS_HTTPS =
  'Application passwords need HTTPS, and this request came in without it. If the site stands behind a proxy, the app ' +
  'must trust it (app.proxy = true); on a development machine, set the environment to "local".'
