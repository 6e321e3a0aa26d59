import type { Context, Middleware } from 'koa'
import type { Throttle } from '../../authentication/throttle.ts'
import { ConnectError } from '../../errors.ts'
import { clientAddress } from '../../http/address.ts'
import { parseForm } from '../../http/body.ts'
import type { PageKit } from '../../pages/kit.ts'
import type { LogIn } from './log-in.ts'
import type { SessionCookie } from './session-cookie.ts'
import { SESSION_SECONDS } from './sessions.ts'

const LOGIN_PATH = '/wp-login.php'

interface Parts {
  logIn: LogIn
  sessionCookie: SessionCookie
  throttle: Throttle
}

/** `/wp-login.php`, with WordPress's field names, because people's scripts use them. */
export function loginPage(kit: PageKit, { logIn: startSession, sessionCookie, throttle }: Parts): Middleware {
  /** Only to an address of this very site: a log-in page that leads elsewhere helps to steal passwords. */
  function safeReturn(wanted: string | undefined): string {
    const dashboard = kit.path('/wp-admin/')
    if (!wanted || !URL.canParse(wanted, kit.site.url)) return dashboard
    const url = new URL(wanted, kit.site.url)
    const { protocol, host } = new URL(kit.site.url)
    // Whole, because a path that begins with "//" would be another host.
    return url.protocol === protocol && url.host === host ? url.href : dashboard
  }

  function show(
    ctx: Context,
    redirectTo: string,
    now: { login?: string; error?: ConnectError; loggedOut?: boolean } = {},
  ): void {
    if (now.error) ctx.set(now.error.headers)
    const values = { redirectTo, login: now.login ?? '', error: now.error ?? null, loggedOut: now.loggedOut ?? false }
    kit.render(ctx, 'login', values, { status: now.error?.status ?? 200 })
  }

  async function logIn(ctx: Context): Promise<void> {
    const form = await kit.form(ctx)
    const login = form.get('log') ?? ''
    const redirectTo = safeReturn(form.get('redirect_to'))
    const ip = clientAddress(ctx.ip)
    try {
      await throttle.attempt(ip, login)
      const isKept = form.has('rememberme')
      const seconds = isKept ? SESSION_SECONDS.remembered : SESSION_SECONDS.plain
      const session = await startSession(login, form.get('pwd') ?? '', seconds)
      if (!session) throw new ConnectError('incorrect_password', { message: 'The user name or the password is wrong.' })
      await throttle.forgive(ip, login)
      await sessionCookie.replace(ctx, session, isKept ? seconds : undefined)
      kit.renewBrowser(ctx)
      kit.redirect(ctx, redirectTo)
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      if (error.status >= 500) {
        await throttle.takeBack(ip, login)
        throw error
      }
      show(ctx, redirectTo, { login, error })
    }
  }

  async function logOut(ctx: Context, token: string): Promise<void> {
    const user = await sessionCookie.user(ctx)
    // Whoever is logged out already has nothing to protect.
    if (user) kit.checkFormToken(ctx, user, 'log-out', new Map([['_wpnonce', token]]))
    await sessionCookie.end(ctx)
    kit.renewBrowser(ctx)
    kit.redirect(ctx, kit.path(`${LOGIN_PATH}?loggedout=true`))
  }

  async function login(ctx: Context): Promise<void> {
    const query = parseForm(ctx.querystring)
    if (query.get('action') === 'logout') return logOut(ctx, query.get('_wpnonce') ?? '')
    if (ctx.method === 'POST') return logIn(ctx)
    const redirectTo = safeReturn(query.get('redirect_to'))
    // Already logged in, and nobody asked for another log-in.
    if (!query.has('reauth') && (await sessionCookie.user(ctx))) return kit.redirect(ctx, redirectTo)
    return show(ctx, redirectTo, { loggedOut: query.has('loggedout') })
  }

  return async function koaWpConnectLogin(ctx, next) {
    if (ctx.path !== LOGIN_PATH || !['GET', 'HEAD', 'POST'].includes(ctx.method)) return next()
    return kit.errors(ctx, () => login(ctx))
  }
}
