import type { Context, Middleware } from 'koa'
import { isCrossSite } from '../csrf/cross-site.ts'
import type { FormTokens } from '../csrf/form-tokens.ts'
import { ConnectError, type Explained } from '../errors.ts'
import { bodyArrived, type Fields, readForm } from '../http/body.ts'
import { reportCause } from '../http/report-cause.ts'
import type { Site } from '../site.ts'
import { isStillLoggedIn } from '../users/still-logged-in.ts'
import type { User, Users } from '../users/user.ts'
import { setPageHeaders } from './headers.ts'
import type { Theme } from './look.ts'

interface RenderOptions {
  status?: number
  /** Whether the answer to the page's form may lead to another site. */
  formsLeadAway?: boolean
}

/** What is wrong, as a page tells it. */
export type Problem = Explained & { code: string }

export type PageKit = ReturnType<typeof createPageKit>

interface KitParts {
  site: Site
  users: Users
  formTokens: FormTokens
  look: Theme
  /** Where the user at the browser logs out; null: the pages show no such link. */
  logoutUrl(ctx: Context, user: User): string | null
}

/** What every page needs: its look, its headers, its form tokens, and whoever is logged in. */
export function createPageKit({ site, users, formTokens, look, logoutUrl }: KitParts) {
  /** Who is known to be at the browser: a page about an error says so too. */
  const visitors = new WeakMap<Context, User>()

  function render(
    ctx: Context,
    template: string,
    values: object,
    { status = 200, formsLeadAway = false }: RenderOptions = {},
  ): void {
    setPageHeaders(ctx, formsLeadAway)
    ctx.status = status
    ctx.type = 'html'
    const { html, language } = look.render(ctx, template, values)
    ctx.set('Content-Language', language)
    ctx.body = html
  }

  /** What every page for a logged-in user shows about them. */
  function userValues(ctx: Context, user: User) {
    return {
      user,
      logoutUrl: logoutUrl(ctx, user),
    }
  }

  /** A page that says what is wrong, and has a code for programs. */
  function renderProblem(ctx: Context, status: number, error: Problem, backUrl: string | null = null): void {
    const user = visitors.get(ctx)
    render(ctx, 'error', { ...(user && userValues(ctx, user)), error, backUrl }, { status })
  }

  function renderError(ctx: Context, error: ConnectError, backUrl: string | null = null): void {
    ctx.set(error.headers)
    renderProblem(ctx, error.status, error, backUrl)
  }

  /** Stands before every page: asks for the reader's language, and answers what the page throws with another page. */
  const errors: Middleware = async function koaWpConnectPageErrors(ctx, next) {
    try {
      await look.chooseLanguage(ctx)
      await next()
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      reportCause(ctx, error)
      renderError(ctx, error)
    }
  }

  return {
    site,
    path: look.path,
    /** A page of the host's that explains how to connect an application. */
    helpUrl: look.helpUrl,
    /** A token that only this user's own form at this browser holds, for one action. */
    formToken: formTokens.create,
    renewBrowser: formTokens.renewBrowser,
    render,
    /** A piece of HTML for a page of the host's, whose headers are the host's own. */
    async renderPart(ctx: Context, template: string, values: object): Promise<string> {
      await look.chooseLanguage(ctx)
      return look.render(ctx, template, values).html
    },
    renderError,
    renderProblem,
    userValues,

    /** The user at the browser; nobody is sent to log in and comes back here. */
    async requireUser(ctx: Context): Promise<User | null> {
      await bodyArrived(ctx)
      const user = await users.current(ctx)
      if (user) visitors.set(ctx, user)
      else redirect(ctx, users.loginUrl(site.url + ctx.url))
      return user
    },

    /** Whether the user is logged in even now, after what took time. */
    isStillLoggedIn: (ctx: Context, user: User): Promise<boolean> => isStillLoggedIn(users, ctx, user),

    /** The form's fields. @throws ConnectError `cross_site_request`, `body_too_large`, `body_too_slow`, `incomplete_body` */
    async form(ctx: Context): Promise<Fields> {
      if (isCrossSite(ctx, site.url)) throw new ConnectError('cross_site_request')
      return readForm(ctx)
    },

    /** @throws ConnectError `invalid_form_token` unless the form came from our own page for this very action. */
    checkFormToken(ctx: Context, user: User | null, action: string, form: Fields): void {
      if (!formTokens.verify(ctx, user, action, form.get('_wpnonce') ?? ''))
        throw new ConnectError('invalid_form_token')
    },

    redirect,

    errors,
  }
}

/**
 * Not by the context's own redirect: Koa's repeats the address in the body, and ours may hold a password; Egg's leads to `/`
 * instead of to an application that answers to a scheme of its own, or is not on the site's list of domains.
 */
function redirect(ctx: Context, location: string, status: 302 | 303 = 302): void {
  setPageHeaders(ctx)
  ctx.status = status
  ctx.set('Location', location.toWellFormed().replace(NOT_IN_ADDRESS, encodeURIComponent))
  ctx.remove('Content-Type')
  ctx.body = ''
}

/** What a header cannot hold, and what no address has as it is (RFC 3986, 2). */
const NOT_IN_ADDRESS = /[^!-~]|["<>\\^`{|}]/gu
