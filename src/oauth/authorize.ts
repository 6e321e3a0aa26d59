import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import { ConnectError } from '../errors.ts'
import { english } from '../languages/english.ts'
import type { Words } from '../languages/words.ts'
import type { Site } from '../options.ts'
import { addPage } from '../pages/add-page.ts'
import type { PageKit, Problem } from '../pages/kit.ts'
import type { Users } from '../users/user.ts'
import { authorizeQuery } from './authorize-query.ts'
import type { ClientRows } from './client-rows.ts'
import { ENGINE_SESSION_COOKIE, isLegacy } from './engine-configuration.ts'
import { askEngine, type EngineAnswer } from './engine-request.ts'
import type { Engines } from './engines.ts'
import { consentPath, OAUTH_PATHS } from './paths.ts'
import type { Scopes } from './scopes.ts'
import type { Sweep } from './sweep.ts'

interface Parts {
  kit: PageKit
  site: Site
  users: Users
  scopes: Scopes
  clients: ClientRows
  engines: Engines
  sweep: Sweep
}

/**
 * What a browser meets: the application's request, the consent page, and the way back to the application.
 *
 * @param secure refuses plain http
 */
export function authorizePages(parts: Parts, consent: Middleware, secure: Middleware): Middleware {
  const { kit, site, users, scopes, clients, engines, sweep } = parts

  async function ask(ctx: Context, path: string, query: string) {
    const user = await users.current(ctx)
    const userId = user ? String(user.id) : null
    sweep.inPassing()
    return { user, answer: await askEngine(await engines.current(), site, ctx, path, { query, userId }) }
  }

  function goOn(ctx: Context, answer: EngineAnswer, location: string): void {
    const { 'set-cookie': cookies = [] } = answer.headers
    // The engine's own session ends with the request: the site's is the only one.
    ctx.append(
      'Set-Cookie',
      [cookies].flat().filter(cookie => !cookie.startsWith(ENGINE_SESSION_COOKIE)),
    )
    kit.redirect(ctx, withoutIssuer(location, answer), 303)
  }

  /** The request is checked before anybody is asked to log in. */
  async function authorize(ctx: Context): Promise<void> {
    const { user, answer } = await ask(ctx, OAUTH_PATHS.authorize, authorizeQuery(ctx.querystring, scopes))
    const { location } = answer.headers
    if (answer.oidc.entities.Interaction) {
      return user ? goOn(ctx, answer, String(location)) : kit.redirect(ctx, users.loginUrl(site.url + ctx.url))
    }
    // An error that goes to the application, if somebody of this site vouches for its address: anybody may register one, and
    // lead people there by ours (RFC 9700, 4.11.2).
    const client = await clients.find(answer.oidc.client?.clientId ?? '')
    if (typeof location === 'string' && client && !client.selfRegistered) return goOn(ctx, answer, location)
    kit.renderProblem(ctx, location ? 400 : answer.status, problemOf(answer, location))
  }

  async function resume(ctx: Context): Promise<void> {
    const uid = String(ctx.params.uid)
    // Decoded, it could hold a query, and be a request of its own that `authorize` has not seen.
    if (!/^[\w-]+$/.test(uid)) throw new ConnectError('authorization_expired')
    const { answer } = await ask(ctx, `${OAUTH_PATHS.authorize}/${uid}`, '')
    const { location } = answer.headers
    if (typeof location !== 'string') throw new ConnectError('authorization_expired')
    goOn(ctx, answer, location)
  }

  const router = new Router()
  addPage(router, OAUTH_PATHS.authorize, { get: authorize }, kit.errors, secure)
  addPage(router, OAUTH_PATHS.authenticate, { get: authorize }, kit.errors, secure)
  addPage(router, `${OAUTH_PATHS.authorize}/:uid`, { get: resume }, kit.errors, secure)
  addPage(router, consentPath(':uid'), { get: consent, post: consent }, kit.errors, secure)
  return router.routes() as Middleware
}

/** Clients written for WordPress.com know no `iss` (RFC 9207), and some take it for an attack. */
function withoutIssuer(location: string, { oidc }: EngineAnswer): string {
  if (!oidc.client || !isLegacy(oidc.client) || !location.startsWith(String(oidc.params?.redirect_uri))) return location
  const url = new URL(location)
  url.searchParams.delete('iss')
  return url.href
}

function problemOf({ body }: EngineAnswer, location: unknown): Problem {
  const said = typeof location === 'string' ? saidBy(new URL(location)) : (body as Record<string, string> | null)
  const { error = 'invalid_request', error_description = '' } = said ?? {}
  const words = PROBLEMS[error] ?? { id: 'oauth.other', values: { description: error_description } }
  return { code: error, message: english(words), words }
}

/** What the application would have been told. */
function saidBy({ searchParams, hash }: URL): Record<string, string> {
  return Object.fromEntries([...searchParams, ...new URLSearchParams(hash.slice(1))])
}

/** For a person who stands before a closed door; what else the engine says is said as it says it. */
const PROBLEMS: Record<string, Words> = {
  invalid_client: { id: 'oauth.unknown-client' },
  invalid_redirect_uri: { id: 'oauth.unknown-redirect-uri' },
}
