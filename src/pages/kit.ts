import type { Context, Middleware } from 'koa'
import { ConnectError } from '../errors.ts'
import { type Fields, readForm } from '../http/body.ts'
import { reportCause } from '../http/report-cause.ts'
import type { Site } from '../options.ts'
import { broughtBy } from '../users/brought-users.ts'
import type { User, Users } from '../users/user.ts'
import { assetPath } from './assets.ts'
import type { FormTokens } from './form-tokens.ts'
import { isCrossSite, setPageHeaders } from './headers.ts'
import { renderTemplate } from './templates.ts'

interface RenderOptions {
  status?: number
  /** Whether the answer to the page's form may lead to another site. */
  formsLeadAway?: boolean
}

export type PageKit = ReturnType<typeof createPageKit>

/** What every page needs: its look, its headers, its form tokens, and whoever is logged in. */
export function createPageKit(site: Site, users: Users, formTokens: FormTokens) {
  const brought = broughtBy(users)
  const root = new URL(site.url).pathname.replace(/\/$/, '')

  /** A link within the site, wherever it is mounted. */
  const path = (below: string) => root + below

  function render(
    ctx: Context,
    template: string,
    values: object,
    { status = 200, formsLeadAway = false }: RenderOptions = {},
  ): void {
    setPageHeaders(ctx, formsLeadAway)
    ctx.status = status
    ctx.type = 'html'
    ctx.body = renderTemplate(template, {
      site,
      path,
      asset: (name: string) => path(assetPath(name)),
      user: null,
      logoutUrl: null,
      ...values,
    })
  }

  /** What every page for a logged-in user shows about them. */
  function userValues(ctx: Context, user: User) {
    return {
      user,
      logoutUrl: brought?.logoutUrlWith(formTokens.create(ctx, user, 'log-out')) ?? users.logoutUrl?.() ?? null,
    }
  }

  function renderError(ctx: Context, error: ConnectError, back: { href: string; label: string } | null = null): void {
    ctx.set(error.headers)
    render(ctx, 'error', { error, back }, { status: error.status })
  }

  /** Answers what our pages throw with a page. */
  const errors: Middleware = async function koaWpConnectPageErrors(ctx, next) {
    try {
      await next()
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      reportCause(ctx, error)
      renderError(ctx, error)
    }
  }

  return {
    site,
    path,
    /** A token that only this user's own form at this browser holds, for one action. */
    formToken: formTokens.create,
    renewBrowser: formTokens.renewBrowser,
    render,
    renderError,
    userValues,

    /** The user at the browser; nobody is sent to log in and comes back here. */
    async loggedIn(ctx: Context): Promise<User | null> {
      const user = await users.current(ctx)
      if (!user) redirect(ctx, users.loginUrl(site.url + ctx.url))
      return user
    },

    /** The form's fields. @throws ConnectError `cross_site_request`, `body_too_large` */
    async form(ctx: Context): Promise<Fields> {
      if (isCrossSite(ctx, site.url)) throw new ConnectError('cross_site_request')
      return readForm(ctx)
    },

    /** @throws ConnectError `invalid_form_token` unless the form came from our own page for this very action. */
    checkFormToken(ctx: Context, user: User, action: string, form: Fields): void {
      if (!formTokens.verify(ctx, user, action, form.get('_wpnonce') ?? ''))
        throw new ConnectError('invalid_form_token')
    },

    redirect,

    errors,
  }
}

/** Koa's own redirect repeats the address in the body; ours may hold a password. */
function redirect(ctx: Context, location: string, status: 302 | 303 = 302): void {
  setPageHeaders(ctx)
  ctx.redirect(location)
  ctx.status = status
  ctx.remove('Content-Type')
  ctx.body = ''
}
