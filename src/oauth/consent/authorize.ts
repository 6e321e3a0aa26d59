import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { ConnectError } from '../../errors.ts'
import { readPairs } from '../../http/body.ts'
import { english } from '../../languages/english.ts'
import type { MessageRef } from '../../languages/messages.ts'
import { addPage } from '../../pages/add-page.ts'
import type { PageKit, Problem } from '../../pages/kit.ts'
import type { Site } from '../../site.ts'
import type { Users } from '../../users/user.ts'
import type { ClientRows } from '../clients/client-rows.ts'
import { isOnDevice } from '../clients/redirect-uri.ts'
import { consentPath, OAUTH_PATHS } from '../paths.ts'
import { PROVIDER_SESSION_COOKIE } from '../provider/configuration.ts'
import type { Providers } from '../provider/providers.ts'
import { callProvider, type ProviderResponse } from '../provider/request.ts'
import type { RequestState } from '../provider/request-state.ts'
import { type BackToApplication, sendBack } from '../provider/send-back.ts'
import type { Scopes } from '../scopes.ts'
import type { Sweep } from '../sweep.ts'
import { authorizeParameters, readAuthorizeRequest } from './authorize-request.ts'
import type { LoginTime } from './login-time.ts'
import { withoutLogin } from './prompt.ts'

interface AuthorizeParts {
  kit: PageKit
  site: Site
  users: Users
  scopes: Scopes
  clients: ClientRows
  providers: Providers
  sweep: Sweep
  loginTime: LoginTime
}

/** Maximum length of a query made from a form, in characters. Browsers and servers accept URLs of this length. */
const MAX_QUERY = 8192

/**
 * The pages of the authorization flow in the browser: the application's request, the consent page, and the way back to the
 * application.
 *
 * @param secure rejects plain http
 */
export function authorizePages(parts: AuthorizeParts, consent: Middleware, secure: Middleware): Middleware {
  const { kit, site, users, scopes, clients, providers, sweep, loginTime } = parts

  async function ask(
    ctx: Context,
    path: string,
    query: string,
    state: Partial<RequestState>,
  ): Promise<ProviderResponse> {
    sweep.runIfDue()
    return callProvider(await providers.current(), site, ctx, path, { query, state })
  }

  function keepCookies(ctx: Context, { headers }: ProviderResponse): void {
    const { 'set-cookie': cookies = [] } = headers
    // Drop oidc-provider's session cookie: the site's own session is the only one.
    ctx.append(
      'Set-Cookie',
      [cookies].flat().filter(cookie => !cookie.startsWith(PROVIDER_SESSION_COOKIE)),
    )
  }

  /** Checks the request before the user is asked to log in. */
  async function authorize(ctx: Context): Promise<void> {
    const request = readAuthorizeRequest(ctx.querystring, scopes, Date.now(), loginTime.isTold)
    const user = await users.current(ctx)
    const isLoginDue = !user || !(await loginTime.isAfter(ctx, request.loginAfter))
    const { problem } = request
    const state = { userId: user ? String(user.id) : null, isLoginDue, problem }
    const answer = await ask(ctx, OAUTH_PATHS.authorize, request.query, state)
    const { Interaction: pending } = answer.oidc.entities
    if (pending) {
      if (!user) return kit.redirect(ctx, users.loginUrl(addressAfterLogin(ctx)))
      keepCookies(ctx, answer)
      const onward = isLoginDue ? users.loginUrl(site.url + consentPath(pending.uid)) : String(answer.headers.location)
      return kit.redirect(ctx, onward, 303)
    }
    const { back } = answer
    if (back && (await maySendErrorTo(answer, back))) {
      keepCookies(ctx, answer)
      return sendBack(kit, ctx, back)
    }
    kit.renderProblem(ctx, back ? 400 : answer.status, problemOf(back?.parameters ?? answer.body))
  }

  /** Returns the URL of this request, to come back to after login. */
  function addressAfterLogin(ctx: Context): string {
    const query = withoutLogin(ctx.querystring)
    return site.url + ctx.path + (query && `?${query}`)
  }

  /**
   * Whether an error may be sent to the redirect URI: the site has registered the client, or the URI leads to a program on
   * the user's device. Otherwise an attacker could register a client, and lead people to its URI through ours (RFC 9700,
   * section 4.11.2).
   */
  async function maySendErrorTo({ oidc }: ProviderResponse, { redirectUri }: BackToApplication): Promise<boolean> {
    if (isOnDevice(redirectUri)) return true
    const client = await clients.find(oidc.client?.clientId ?? '')
    return client !== undefined && !client.selfRegistered
  }

  /**
   * Handles the same request as a form post (OpenID Connect Core 1.0, section 3.1.2.1). It redirects to a GET, which has
   * cookies: forms of other sites are sent without them.
   */
  async function authorizeByForm(ctx: Context): Promise<void> {
    const sent = new URLSearchParams(ctx.querystring)
    for (const [name, value] of (await readPairs(ctx)) ?? []) sent.append(name, value)
    const query = authorizeParameters(sent).toString()
    if (query.length > MAX_QUERY) throw new ConnectError('body_too_large')
    kit.redirect(ctx, `${kit.path(OAUTH_PATHS.authorize)}?${query}`, 303)
  }

  async function resume(ctx: Context): Promise<void> {
    const uid = String(ctx.params.uid)
    // A decoded uid could contain a query and become another request, which `authorize` has not checked.
    if (!/^[\w-]+$/.test(uid)) throw new ConnectError('authorization_expired')
    const user = await users.current(ctx)
    const state = { userId: user ? String(user.id) : null }
    const answer = await ask(ctx, `${OAUTH_PATHS.authorize}/${uid}`, '', state)
    const { location } = answer.headers
    if (!answer.back && typeof location !== 'string') throw new ConnectError('authorization_expired')
    keepCookies(ctx, answer)
    if (answer.back) sendBack(kit, ctx, answer.back)
    else kit.redirect(ctx, String(location), 303)
  }

  const router = new Router()
  for (const path of [OAUTH_PATHS.authorize, OAUTH_PATHS.authenticate])
    addPage(router, path, { get: authorize, post: authorizeByForm }, kit.errors, secure)
  addPage(router, `${OAUTH_PATHS.authorize}/:uid`, { get: resume }, kit.errors, secure)
  addPage(router, consentPath(':uid'), { get: consent, post: consent }, kit.errors, secure)
  return router.routes() as Middleware
}

function problemOf(said: unknown): Problem {
  const { error = 'invalid_request', error_description = '' } = (said ?? {}) as Record<string, string>
  const messageRef = PROBLEMS[error] ?? { id: 'oauth.other', values: { description: error_description } }
  return { code: error, message: english(messageRef), messageRef }
}

/** Messages for a person who cannot continue. Other errors are shown in oidc-provider's words. */
const PROBLEMS: Record<string, MessageRef> = {
  invalid_client: { id: 'oauth.unknown-client' },
  invalid_redirect_uri: { id: 'oauth.unknown-redirect-uri' },
}
