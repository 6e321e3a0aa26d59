import type { Context, Middleware } from 'koa'
import { isOfUnknownSite } from '../csrf/cross-site.ts'
import { ConnectError, errorWithMessage } from '../errors.ts'
import { clientAddress } from '../http/address.ts'
import type { Fields } from '../http/body.ts'
import { isCostlyAddress } from '../http/costly-address.ts'
import { readQuery } from '../http/query.ts'
import type { PageKit } from '../pages/kit.ts'
import { PAGE_PATHS } from '../pages/paths.ts'
import type { Throttle } from '../throttle/throttle.ts'
import type { KnownBrowsers } from './known-browsers.ts'
import type { Login } from './login.ts'
import type { SessionCookie } from './session-cookie.ts'
import { SESSION_SECONDS } from './sessions.ts'

/** The action of the form's token. */
const ACTION = 'log-in'

interface LoginPageParts {
  accountLogin: Login
  sessionCookie: SessionCookie
  knownBrowsers: KnownBrowsers
  throttle: Throttle
  /** For users who log in from a known browser. */
  throttleOfKnown: Throttle
  /** Returns the name of the application that the user logs in for. It never throws. */
  appNameAt(url: string): Promise<string | null>
}

/** `/wp-login.php`, with WordPress's field names, because people's scripts use them. */
export function loginPage(kit: PageKit, parts: LoginPageParts): Middleware {
  const { accountLogin, sessionCookie, knownBrowsers, throttle, throttleOfKnown, appNameAt } = parts

  /** Allows only URLs of this site: a login page that redirects elsewhere helps to steal passwords. */
  function safeReturn(wanted: string | undefined): string {
    const dashboard = kit.path(PAGE_PATHS.dashboard)
    if (!wanted || isCostlyAddress(wanted) || !URL.canParse(wanted, kit.site.url)) return dashboard
    const url = new URL(wanted, kit.site.url)
    const { protocol, host } = new URL(kit.site.url)
    url.username = ''
    url.password = ''
    // The absolute URL, because a path that begins with "//" would be another host.
    return url.protocol === protocol && url.host === host ? url.href : dashboard
  }

  async function show(
    ctx: Context,
    redirectTo: string,
    now: { login?: string; error?: ConnectError; loggedOut?: boolean } = {},
  ): Promise<void> {
    if (now.error) ctx.set(now.error.headers)
    const { login = '', error = null, loggedOut = false } = now
    const formToken = kit.formToken(ctx, null, ACTION)
    const appName = await appNameAt(redirectTo)
    const values = { redirectTo, appName, login, error, loggedOut, formToken }
    kit.render(ctx, 'login', values, { status: error?.status ?? 200 })
  }

  async function logIn(ctx: Context): Promise<void> {
    const form = await kit.form(ctx)
    // Required only in this case: people's scripts post the fields without loading the form, and send no Origin.
    if (isOfUnknownSite(ctx)) kit.checkFormToken(ctx, null, ACTION, form)
    const login = form.get('log') ?? ''
    const redirectTo = safeReturn(form.get('redirect_to'))
    // Looked up before attempts are counted, so that a user's login and email address share one count.
    const candidate = await accountLogin.find(login)
    const browser = knownBrowsers.find(ctx, candidate)
    const limit = browser ? throttleOfKnown : throttle
    const caller = browser ?? clientAddress(ctx.ip)
    try {
      await limit.attempt(caller, candidate.name)
      const isKept = form.has('rememberme')
      const seconds = isKept ? SESSION_SECONDS.remembered : SESSION_SECONDS.plain
      const started = await accountLogin.start(candidate, form.get('pwd') ?? '', seconds, browser !== null)
      if (!started) throw errorWithMessage('incorrect_password', { id: 'errors.incorrect_password.log-in' })
      await sessionCookie.replace(ctx, started.session, isKept ? seconds : undefined)
      knownBrowsers.remember(ctx, candidate, started.passwordHash)
      // The last step that may fail. Otherwise the catch block would take the attempt back a second time.
      await limit.forgive(caller, candidate.name)
      kit.renewBrowser(ctx)
      kit.redirect(ctx, redirectTo)
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      if (error.kind === 'outage') {
        await limit.takeBack(caller, candidate.name)
        throw error
      }
      await show(ctx, redirectTo, { login, error })
    }
  }

  async function logOut(ctx: Context, query: Fields): Promise<void> {
    const user = await sessionCookie.user(ctx)
    // A user who is logged out already needs no protection from logout.
    if (user) kit.checkFormToken(ctx, user, 'log-out', query)
    await sessionCookie.end(ctx)
    kit.renewBrowser(ctx)
    kit.redirect(ctx, kit.path(`${PAGE_PATHS.login}?loggedout=true`))
  }

  async function answer(ctx: Context): Promise<void> {
    const query = readQuery(ctx)
    if (query.get('action') === 'logout') return logOut(ctx, query)
    if (ctx.method === 'POST') return logIn(ctx)
    const redirectTo = safeReturn(query.get('redirect_to'))
    // The user is logged in already, and the link does not ask for another login.
    if (!query.has('reauth') && (await sessionCookie.user(ctx))) return kit.redirect(ctx, redirectTo)
    return show(ctx, redirectTo, { loggedOut: query.has('loggedout') })
  }

  return async function koaWpConnectLogin(ctx, next) {
    if (ctx.path !== PAGE_PATHS.login || !['GET', 'HEAD', 'POST'].includes(ctx.method)) return next()
    return kit.errors(ctx, () => answer(ctx))
  }
}
