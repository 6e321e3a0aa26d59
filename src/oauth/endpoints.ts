import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import compose from 'koa-compose'
import { refuseMethod } from '../pages/refuse-method.ts'
import type { Site } from '../site.ts'
import { CLAIMS_OF_SCOPES } from '../users/claims.ts'
import type { Users } from '../users/user.ts'
import { clientRequest } from './clients/client-request.ts'
import type { ClientRows } from './clients/client-rows.ts'
import { type RegisterClient, registrationEndpoint } from './clients/register.ts'
import type { OAuthHooks } from './events.ts'
import type { GrantRows } from './grants/grant-rows.ts'
import type { HourlyLimit } from './hourly-limit.ts'
import { answerOAuth, oauthErrors, oauthPreflight, sendProviderResponse } from './oauth-response.ts'
import { OAUTH_PATHS } from './paths.ts'
import type { Providers } from './provider/providers.ts'
import { callProvider, type ProviderResponse } from './provider/request.ts'
import type { TokenWork } from './provider/request-state.ts'
import { RESPONSE_MODES } from './provider/send-back.ts'
import type { Resources } from './resources.ts'
import type { Scopes } from './scopes.ts'
import type { Sweep } from './sweep.ts'
import { tokenEndpoint } from './tokens/token-endpoint.ts'
import { tokenInfoEndpoint } from './tokens/token-info.ts'
import type { TokenRows } from './tokens/token-rows.ts'
import type { TokenUses } from './tokens/token-uses.ts'

/** oidc-provider's own list contains claims that our tokens never have. */
const claims_supported = ['iss', ...Object.values(CLAIMS_OF_SCOPES).flat()]

/** The endpoints where clients authenticate. */
const CLIENTS_ASK = new Set<string>([OAUTH_PATHS.token, OAUTH_PATHS.revoke, OAUTH_PATHS.tokenInfo])

interface EndpointsParts {
  clients: ClientRows
  site: Site
  users: Users
  hooks: OAuthHooks
  scopes: Scopes
  resources: Resources
  grants: GrantRows
  tokens: TokenRows
  uses: TokenUses
  providers: Providers
  sweep: Sweep
  register: RegisterClient
  /** Null if applications may not register themselves. */
  registration: HourlyLimit | null
}

/**
 * The OAuth endpoints and their metadata. oidc-provider answers most of them, with WordPress.com's formats added.
 *
 * @param secure rejects plain http
 */
export function oauthEndpoints(parts: EndpointsParts, secure: Middleware): Middleware {
  const { site, users, scopes, resources, tokens, providers, sweep, register, registration } = parts

  async function ask(ctx: Context, path: string, work?: TokenWork): Promise<ProviderResponse> {
    const provider = await providers.current()
    sweep.runIfDue()
    const rewrite = CLIENTS_ASK.has(path) && ctx.method === 'POST' ? asClient : undefined
    return callProvider(provider, site, ctx, path, { ...(work && { state: { work } }), ...(rewrite && { rewrite }) })
  }

  const asClient = (form: URLSearchParams | null, authorization: string) => clientRequest(parts, form, authorization)

  /** Sends oidc-provider's response unchanged. */
  const passOn = (path: string) => async (ctx: Context) => sendProviderResponse(ctx, await ask(ctx, path))

  /** Sends an empty JSON object, because some clients accept only JSON as success. RFC 7009 leaves the body open. */
  async function revoke(ctx: Context): Promise<void> {
    const answer = await ask(ctx, OAUTH_PATHS.revoke)
    if (answer.status !== 200) return sendProviderResponse(ctx, answer)
    const { 'content-type': _type, ...headers } = answer.headers
    sendProviderResponse(ctx, { ...answer, headers, body: {} })
  }

  async function metadata(ctx: Context): Promise<void> {
    const answer = await ask(ctx, OAUTH_PATHS.metadata)
    sendProviderResponse(ctx, {
      ...answer,
      body: {
        ...(answer.body as object),
        claims_supported: users.authenticatedAt ? [...claims_supported, 'auth_time'] : claims_supported,
        response_modes_supported: RESPONSE_MODES,
        prompt_values_supported: ['none', 'login', 'consent', 'select_account'],
      },
    })
  }

  /** Returns the resource that the rest of the path names, or the whole site. */
  const resourceOf = (ctx: Context, wellKnown: string) =>
    resources.canonical(site.url + ctx.path.slice(wellKnown.length))

  function protectedResource(ctx: Context): void {
    answerOAuth(ctx, 200, {
      resource: resourceOf(ctx, OAUTH_PATHS.protectedResource),
      resource_name: site.name,
      authorization_servers: [site.url],
      // A client without scopes of its own requests all that are listed here, and some scopes cannot be combined.
      scopes_supported: scopes.own,
      bearer_methods_supported: ['header'],
      introspection_endpoint: site.url + OAUTH_PATHS.tokenInfo,
    })
  }

  const router = new Router()
  const endpoint = (path: string, methods: { get?: Middleware; post?: Middleware }) => {
    if (methods.get) router.get(path, oauthErrors, secure, methods.get)
    if (methods.post) router.post(path, oauthErrors, secure, methods.post)
    router.options(path, oauthPreflight)
    const allowed = [methods.get && 'GET, HEAD', methods.post && 'POST', 'OPTIONS'].filter(Boolean)
    router.all(path, oauthErrors, refuseMethod(allowed.join(', ')))
  }
  endpoint(OAUTH_PATHS.token, { post: tokenEndpoint(parts, (ctx, work) => ask(ctx, OAUTH_PATHS.token, work)) })
  endpoint(OAUTH_PATHS.tokenInfo, { get: tokenInfoEndpoint(site, users, tokens), post: passOn(OAUTH_PATHS.tokenInfo) })
  endpoint(OAUTH_PATHS.revoke, { post: revoke })
  endpoint(OAUTH_PATHS.userinfo, { get: passOn(OAUTH_PATHS.userinfo), post: passOn(OAUTH_PATHS.userinfo) })
  endpoint(OAUTH_PATHS.metadata, { get: metadata })
  endpoint(OAUTH_PATHS.openidConfiguration, { get: metadata })
  endpoint(OAUTH_PATHS.jwks, { get: passOn(OAUTH_PATHS.jwks) })
  endpoint(OAUTH_PATHS.protectedResource, { get: protectedResource })
  /**
   * Adds the metadata of single resources, with the resource's path appended. Paths that are not our resources go to the
   * host.
   */
  const ofOneResource = (wellKnown: string, answer: Middleware) => {
    const ifOurs =
      (middleware: Middleware): Middleware =>
      (ctx, next) =>
        resourceOf(ctx, wellKnown) === null ? next() : middleware(ctx, next)
    router.get(`${wellKnown}/*path`, ifOurs(compose<Context>([oauthErrors, secure, answer])))
    router.options(`${wellKnown}/*path`, ifOurs(oauthPreflight))
  }
  ofOneResource(OAUTH_PATHS.protectedResource, protectedResource)
  // The metadata of the authorization server: clients look for it with the resource's path appended, too.
  ofOneResource(OAUTH_PATHS.metadata, metadata)
  ofOneResource(OAUTH_PATHS.openidConfiguration, metadata)
  if (registration) endpoint(OAUTH_PATHS.register, { post: registrationEndpoint(register, registration) })
  return router.routes() as Middleware
}
