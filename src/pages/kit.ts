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
import type { Theme } from './theme.ts'

interface RenderOptions {
  status?: number
  /** Whether the response to the page's form may redirect to another site. */
  formsLeadAway?: boolean
}

/** An error as a page shows it. */
export type Problem = Explained & { code: string }

export type PageKit = ReturnType<typeof createPageKit>

interface KitParts {
  site: Site
  users: Users
  formTokens: FormTokens
  theme: Theme
  /** Returns the logout URL for the user at the browser. With null, the pages show no such link. */
  logoutUrl(ctx: Context, user: User): string | null
}

/** What all pages need: the theme, the headers, form tokens and the logged-in user. */
export function createPageKit({ site, users, formTokens, theme, logoutUrl }: KitParts) {
  /** The user at the browser, if known, so that an error page can show it. */
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
    const { html, language } = theme.render(ctx, template, values)
    ctx.set('Content-Language', language)
    ctx.body = html
  }

  /** Values about the user for every page of a logged-in user. */
  function userValues(ctx: Context, user: User) {
    return {
      user,
      logoutUrl: logoutUrl(ctx, user),
    }
  }

  /** Renders a page with an error message, and a code for programs. */
  function renderProblem(ctx: Context, status: number, error: Problem, backUrl: string | null = null): void {
    const user = visitors.get(ctx)
    render(ctx, 'error', { ...(user && userValues(ctx, user)), error, backUrl }, { status })
  }

  function renderError(ctx: Context, error: ConnectError, backUrl: string | null = null): void {
    ctx.set(error.headers)
    renderProblem(ctx, error.status, error, backUrl)
  }

  /** Runs before every page: chooses the reader's language, and renders a page for errors. */
  const errors: Middleware = async function koaWpConnectPageErrors(ctx, next) {
    try {
      await theme.chooseLanguage(ctx)
      await next()
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      reportCause(ctx, error)
      renderError(ctx, error)
    }
  }

  return {
    site,
    path: theme.path,
    /** URL of the host's page that explains how to connect an application. */
    helpUrl: theme.helpUrl,
    /** Creates a token for one action, valid only for this user at this browser. */
    formToken: formTokens.create,
    renewBrowser: formTokens.renewBrowser,
    render,
    /** Renders a piece of HTML for a page of the host, which sets its own headers. */
    async renderPart(ctx: Context, template: string, values: object): Promise<string> {
      await theme.chooseLanguage(ctx)
      return theme.render(ctx, template, values).html
    },
    renderError,
    renderProblem,
    userValues,

    /** Returns the user at the browser. Without one, it redirects to the login page, which leads back here. */
    async requireUser(ctx: Context): Promise<User | null> {
      await bodyArrived(ctx)
      const user = await users.current(ctx)
      if (user) visitors.set(ctx, user)
      else redirect(ctx, users.loginUrl(site.url + ctx.url))
      return user
    },

    /** Whether the user is still logged in, after slow work. */
    isStillLoggedIn: (ctx: Context, user: User): Promise<boolean> => isStillLoggedIn(users, ctx, user),

    /**
     * Returns the form's fields.
     *
     * @throws ConnectError `cross_site_request`, `body_too_large`, `body_too_slow`, `incomplete_body`
     */
    async form(ctx: Context): Promise<Fields> {
      if (isCrossSite(ctx, site.url)) throw new ConnectError('cross_site_request')
      return readForm(ctx)
    },

    /** @throws ConnectError `invalid_form_token` unless the form came from our own page for this action */
    checkFormToken(ctx: Context, user: User | null, action: string, form: Fields): void {
      if (!formTokens.verify(ctx, user, action, form.get('_wpnonce') ?? ''))
        throw new ConnectError('invalid_form_token')
    },

    redirect,

    errors,
  }
}

/**
 * Does not use the context's own redirect. Koa's repeats the URL in the body, and ours may contain a password. Egg's
 * redirects to `/` if an application has a private-use URI scheme or is not on the site's list of domains.
 */
function redirect(ctx: Context, location: string, status: 302 | 303 = 302): void {
  setPageHeaders(ctx)
  ctx.status = status
  ctx.set('Location', location.toWellFormed().replace(NOT_IN_ADDRESS, encodeURIComponent))
  ctx.remove('Content-Type')
  ctx.body = ''
}

/** Characters that a header cannot contain or a URL cannot contain unescaped (RFC 3986, section 2). */
const NOT_IN_ADDRESS = /[^!-~]|["<>\\^`{|}]/gu
