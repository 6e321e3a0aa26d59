import type { Context, Middleware } from 'koa'
import { ConnectError } from '../../errors.ts'
import { destinationOf } from '../../http/destination.ts'
import type { PageKit } from '../../pages/kit.ts'
import type { User, Users } from '../../users/user.ts'
import { consentPath } from '../paths.ts'
import type { Scopes } from '../scopes.ts'
import type { Consent } from './consent.ts'
import type { LoginTime } from './login-time.ts'

const formAction = (uid: string) => `authorize ${uid}`

/** The page where a user authorizes or denies an application: `/oauth2/consent/<request>`. */
export function consentPage(
  kit: PageKit,
  users: Users,
  scopes: Scopes,
  consent: Consent,
  loginTime: LoginTime,
): Middleware {
  const loginUrl = (uid: string) => users.loginUrl(kit.site.url + consentPath(uid))

  async function show(ctx: Context, user: User, uid: string, error: ConnectError | null = null): Promise<void> {
    const request = await consent.request(ctx, user, uid)
    if (!(await loginTime.isAfter(ctx, request.loginAfter))) return kit.redirect(ctx, loginUrl(uid))
    const values = {
      ...kit.userValues(ctx, user),
      request,
      error,
      permissions: scopes.describe(request.scopes),
      destination: destinationOf(request.redirectUri),
      documentHost: URL.canParse(request.clientId) ? new URL(request.clientId).host : null,
      address: kit.path(consentPath(uid)),
      otherAccountUrl: loginUrl(uid),
      formToken: kit.formToken(ctx, user, formAction(uid)),
    }
    kit.render(ctx, 'consent', values, { status: error?.status ?? 200, formsLeadAway: true })
  }

  async function answer(ctx: Context, user: User, uid: string): Promise<void> {
    const form = await kit.form(ctx)
    kit.checkFormToken(ctx, user, formAction(uid), form)
    try {
      if (form.has('reject')) return kit.redirect(ctx, await consent.deny(ctx, user, uid), 303)
      const { loginAfter } = await consent.request(ctx, user, uid)
      // With an older login the page was not shown.
      if (!form.has('approve') || !(await loginTime.isAfter(ctx, loginAfter))) return await show(ctx, user, uid)
      kit.redirect(ctx, await consent.authorize(ctx, user, uid, form.get('blog') ?? ''), 303)
    } catch (error) {
      // An error that the user can fix in the form is shown on the page.
      if (!(error instanceof ConnectError) || error.code !== 'invalid_site') throw error
      await show(ctx, user, uid, error)
    }
  }

  return async function koaWpConnectConsent(ctx) {
    const user = await kit.requireUser(ctx)
    if (!user) return
    const { uid = '' } = ctx.params as { uid?: string }
    return ctx.method === 'POST' ? answer(ctx, user, uid) : show(ctx, user, uid)
  }
}
