import { randomUUID } from 'node:crypto'
import type { Context, Middleware } from 'koa'
import { ConnectError } from '../../errors.ts'
import type { Fields } from '../../http/body.ts'
import { destinationOf } from '../../http/destination.ts'
import { readQuery } from '../../http/query.ts'
import type { PageKit } from '../../pages/kit.ts'
import { PAGE_PATHS } from '../../pages/paths.ts'
import type { Environment } from '../../site.ts'
import type { User } from '../../users/user.ts'
import { isUuid } from '../../values/uuid.ts'
import type { Availability } from '../availability.ts'
import type { CreateWithUuid } from '../create.ts'
import { MAX_NAME } from '../name.ts'
import { uuidOfForm } from '../once-field.ts'
import { chunkPassword } from '../password.ts'
import type { Permission } from '../permission.ts'
import { addQuery, checkRedirectUrl } from '../redirect-url.ts'
import { connectionDetails } from './new-password.ts'

const ACTION = 'authorize_application_password'

/** The checked request of an application. */
interface AuthorizeRequest {
  appName: string
  appId: string
  successUrl: string
  rejectUrl: string
}

/**
 * WordPress's `/wp-admin/authorize-application.php`: an application sends the user here, the user approves, and the
 * application gets its own application password.
 */
export function authorizePage(
  kit: PageKit,
  createWithUuid: CreateWithUuid,
  permission: Permission,
  availability: Availability,
  environment: Environment,
): Middleware {
  /**
   * Checks GET and POST alike.
   *
   * @throws ConnectError for a request that no user should be asked to approve
   */
  function check(fields: Fields): AuthorizeRequest {
    const field = (name: string) => fields.get(name) ?? ''
    const request = {
      appName: field('app_name'),
      appId: field('app_id'),
      successUrl: field('success_url'),
      rejectUrl: field('reject_url'),
    }
    if ([...request.appName].length > MAX_NAME) throw new ConnectError('application_password_name_too_long')
    if (request.appId !== '' && !isUuid(request.appId)) throw new ConnectError('invalid_app_id')
    checkRedirectUrl(request.successUrl, environment === 'local')
    checkRedirectUrl(request.rejectUrl, environment === 'local')
    return request
  }

  /** Returns where a rejection redirects to; null, for the dashboard, if the application named no URL. */
  function rejectUrlOf({ successUrl, rejectUrl }: AuthorizeRequest): string | null {
    return rejectUrl || (successUrl && addQuery(successUrl, { success: 'false' })) || null
  }

  /** Returns the URL that the application gets with the password. The page shows the same URL without the password. */
  const approveUrl = ({ successUrl }: AuthorizeRequest, user: User, password: string) =>
    addQuery(successUrl, { site_url: kit.site.url, user_login: user.login, password })

  function show(ctx: Context, user: User, request: AuthorizeRequest, error: ConnectError | null = null): void {
    const rejectUrl = rejectUrlOf(request)
    const values = {
      ...kit.userValues(ctx, user),
      request,
      error,
      action: ACTION,
      rejectUrl,
      approveUrl: request.successUrl && approveUrl(request, user, '[------]').replace(/%5B(-+)%5D/, '[$1]'),
      destination: request.successUrl && destinationOf(request.successUrl),
      formToken: kit.formToken(ctx, user, ACTION),
      once: randomUUID(),
    }
    kit.render(ctx, 'authorize-application', values, { status: error?.status ?? 200, formsLeadAway: true })
  }

  async function answer(ctx: Context, user: User): Promise<void> {
    const form = await kit.form(ctx)
    kit.checkFormToken(ctx, user, ACTION, form)
    const request = check(form)
    if (form.has('reject')) return kit.redirect(ctx, rejectUrlOf(request) ?? kit.path(PAGE_PATHS.dashboard))
    if (!form.has('approve')) return show(ctx, user, request)
    try {
      const isStillAllowed = () => kit.isStillLoggedIn(ctx, user)
      const { appName, appId } = request
      // With a redirect, the UUID must be random: after a double click the browser follows the second response, so that one
      // must have a password too.
      const once = request.successUrl ? undefined : uuidOfForm(form, user)
      const { applicationPassword, password } = await createWithUuid(user, appName, appId, isStillAllowed, once)
      if (request.successUrl) return kit.redirect(ctx, approveUrl(request, user, password))
      const { uuid, name } = applicationPassword
      const shown = { uuid, name, password: chunkPassword(password) }
      kit.render(ctx, 'authorized', { ...kit.userValues(ctx, user), shown, details: connectionDetails(kit, user) })
    } catch (error) {
      if (!(error instanceof ConnectError) || error.kind !== 'input') throw error
      show(ctx, user, request, error)
    }
  }

  return async function koaWpConnectAuthorizeApplication(ctx) {
    const user = await kit.requireUser(ctx)
    if (!user) return
    const request = ctx.method === 'POST' ? null : check(readQuery(ctx))
    const unavailable =
      (await availability.unavailableReason(ctx.secure)) ?? (await availability.unavailableReasonFor(user))
    if (unavailable) {
      const rejectUrl = request && rejectUrlOf(request)
      return kit.renderError(ctx, unavailable, rejectUrl && addQuery(rejectUrl, { error: 'disabled' }))
    }
    await permission.check({ caller: { method: 'session', user }, target: user, action: 'create_app_password' })
    return request ? show(ctx, user, request) : answer(ctx, user)
  }
}
