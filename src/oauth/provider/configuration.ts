import type { Configuration, KoaContextWithOIDC, Client as ProviderClient } from 'oidc-provider'
import { ConnectError } from '../../errors.ts'
import { clientAddress } from '../../http/address.ts'
import { rootPathOf } from '../../http/root-path.ts'
import type { Site } from '../../site.ts'
import { CLAIMS_OF_SCOPES, claimsOf } from '../../users/claims.ts'
import type { Users } from '../../users/user.ts'
import { nowInSeconds } from '../../values/unix-seconds.ts'
import type { AssertionRows } from '../clients/assertion-rows.ts'
import { type ClientDocuments, MAX_DOCUMENT } from '../clients/client-documents.ts'
import { CLIENT_KEY_ALGORITHMS } from '../clients/client-keys.ts'
import type { ClientRows } from '../clients/client-rows.ts'
import type { RegistrationLimit } from '../clients/registration-limit.ts'
import type { OAuthHooks } from '../events.ts'
import type { GrantRows } from '../grants/grant-rows.ts'
import type { Grants } from '../grants/grants.ts'
import { consentPath, OAUTH_PATHS } from '../paths.ts'
import type { Resources } from '../resources.ts'
import type { Scopes } from '../scopes.ts'
import type { TokenRows } from '../tokens/token-rows.ts'
import type { TokenUses } from '../tokens/token-uses.ts'
import { hideConnectErrors } from './hide-connect-errors.ts'
import type { InteractionRows } from './interaction-rows.ts'
import { LOG_IN_AFTER, type RequestState } from './request-state.ts'
import { SIGNING_ALGORITHMS } from './signing-keys.ts'

/** Seconds. A refresh token's begins anew with each use. */
const LIFETIMES = {
  /** Enough for a phone that wakes an application on a slow line; RFC 6749, 4.1.2 allows ten minutes. */
  code: 5 * 60,
  access: 3600,
  legacyAccess: 14 * 24 * 3600,
  refresh: 90 * 24 * 3600,
  interaction: 3600,
  /** Grants have no end of their own: the sweep takes those of which no token is left. */
  grant: 10 * 365 * 24 * 3600,
}

/** Seconds for which an assertion may be good. */
const MAX_ASSERTION = 3600

export interface ProviderParts {
  site: Site
  users: Users
  hooks: OAuthHooks
  scopes: Scopes
  resources: Resources
  clients: ClientRows
  grants: GrantRows
  tokens: TokenRows
  uses: TokenUses
  interactions: InteractionRows
  /** Null where applications may not describe themselves by a document. */
  clientDocuments: ClientDocuments | null
  /** Whether applications may register themselves. */
  takesRegistrations: boolean
  /** How often a caller may prove itself by an assertion, each of which is remembered for up to an hour. */
  assertionLimit: RegistrationLimit
  assertions: AssertionRows
  endGrants: Grants['end']
  /** Signs oidc-provider's cookies. */
  cookieKey: string
}

/** Of a session that ends with the request; it never reaches the browser. */
export const PROVIDER_SESSION_COOKIE = 'koa_wp_connect_oauth'

/** A client of WordPress.com's kind: it has a secret, and one long-lived token instead of refresh tokens. */
export const isLegacy = (client: ProviderClient): boolean =>
  client.clientAuthMethod !== 'none' &&
  client.clientAuthMethod !== 'private_key_jwt' &&
  !client.grantTypeAllowed('refresh_token')

/**
 * One question, and always asked: who is logged in here, and do they agree? oidc-provider by itself would add a second site to
 * the first one's grant.
 */
function askAlways({ interactionPolicy, errors }: typeof import('oidc-provider'), scopes: Scopes) {
  const { Check, Prompt } = interactionPolicy
  const stateOf = (ctx: KoaContextWithOIDC) => ctx.state as RequestState
  // Of a request that may ask nothing (`prompt=none`), the first check that fails is what the application is told.
  const notLoggedIn = new Check('not_logged_in', 'the user has to log in', 'login_required', ctx =>
    Boolean(stateOf(ctx).isLogInDue),
  )
  const notAgreed = new Check('not_agreed', 'the user has not agreed', 'consent_required', ctx => {
    const { problem: mistake } = stateOf(ctx)
    if (mistake) throw new errors.InvalidRequest(mistake)
    const problem = scopes.problem([...ctx.oidc.requestParamScopes].filter(scope => scopes.all.includes(scope)))
    if (problem) throw new errors.InvalidScope(problem, ctx.oidc.params?.scope as string)
    if (!ctx.oidc.result?.consent) return true
    if (!ctx.oidc.account) throw new errors.AccessDenied('the user is not there any more')
    return false
  })
  const policy = interactionPolicy.base()
  policy.clear()
  policy.add(new Prompt({ name: 'consent', requestable: true }, notLoggedIn, notAgreed))
  return policy
}

/** What oidc-provider is told, wherever it is not as it comes. */
export function configurationOf(
  oidc: typeof import('oidc-provider'),
  { site, users, scopes, resources, clientDocuments, takesRegistrations, assertionLimit, cookieKey }: ProviderParts,
): Configuration {
  const { errors } = oidc
  const findUser = hideConnectErrors((id: string) => users.find(id))
  return {
    interactions: {
      url: (_ctx, { uid }) => rootPathOf(site.url) + consentPath(uid),
      policy: askAlways(oidc, scopes),
    },
    routes: {
      authorization: OAUTH_PATHS.authorize,
      token: OAUTH_PATHS.token,
      revocation: OAUTH_PATHS.revoke,
      introspection: OAUTH_PATHS.tokenInfo,
      userinfo: OAUTH_PATHS.userinfo,
      jwks: OAUTH_PATHS.jwks,
    },
    scopes: scopes.all,
    claims: CLAIMS_OF_SCOPES,
    // Many libraries read the ID token and never ask /userinfo.
    conformIdTokenClaims: false,
    extraParams: ['blog', LOG_IN_AFTER],
    responseTypes: ['code'],
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'none',
      // Of clients that introduce themselves; the site gives others a secret.
      ...(clientDocuments || takesRegistrations ? (['private_key_jwt'] as const) : []),
    ],
    assertJwtClientAuthClaimsAndHeader: async (ctx, { exp, aud }) => {
      // Another server that it names could use it here.
      if (Array.isArray(aud) && aud.length > 1) throw new errors.InvalidClientAuth('aud must be this server alone')
      if (Number(exp) > nowInSeconds() + MAX_ASSERTION)
        throw new errors.InvalidClientAuth('exp is more than an hour away')
      if (await assertionLimit.isWithin(clientAddress(ctx.ip))) return
      ctx.state.failure = new ConnectError('too_many_attempts', { headers: { 'Retry-After': '3600' } })
      throw new errors.InvalidClientAuth('too many assertions')
    },
    // What most libraries expect that were told nothing (OpenID Connect Core 1.0, 15.1).
    clientDefaults: { id_token_signed_response_alg: SIGNING_ALGORITHMS[0] },
    enabledJWA: {
      idTokenSigningAlgValues: [...SIGNING_ALGORITHMS],
      clientAuthSigningAlgValues: [...CLIENT_KEY_ALGORITHMS],
    },
    subjectTypes: ['public'],
    // Clients without a secret: of the others a thief would need the secret too (RFC 9700, 2.1.1).
    pkce: { required: (_ctx, client) => /^(none|private_key_jwt)$/.test(client.clientAuthMethod ?? '') },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: true },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => {
          if (token.clientId !== client.clientId) throw new errors.InvalidRequest('the token is not yours')
          return true
        },
      },
      introspection: {
        enabled: true,
        // About its own tokens alone, and of users that are there.
        allowedPolicy: async (_ctx, client, token) =>
          token.clientId === client.clientId &&
          'accountId' in token &&
          Boolean(await findUser(String(token.accountId))),
      },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        defaultResource: (_ctx, _client, several) => (several && resources.oneOf([several].flat())) ?? several,
        getResourceServerInfo: (_ctx, resource) => {
          const audience = resources.canonical(resource)
          if (audience === null) throw new errors.InvalidTarget('there is no such resource here')
          return { scope: scopes.all.join(' '), audience, accessTokenFormat: 'opaque' }
        },
      },
      ...(clientDocuments && {
        clientIdMetadataDocument: {
          enabled: true,
          ack: 'draft-02',
          allowFetch: clientDocuments.allowFetch,
        },
      }),
    },
    cookies: {
      keys: [cookieKey],
      names: {
        session: PROVIDER_SESSION_COOKIE,
        interaction: 'koa_wp_connect_consent',
        resume: 'koa_wp_connect_resume',
      },
      short: { httpOnly: true, sameSite: 'lax', signed: true },
      long: { httpOnly: true, sameSite: 'lax', signed: true },
    },
    ttl: {
      AuthorizationCode: LIFETIMES.code,
      AccessToken: (_ctx, _token, client) => (isLegacy(client) ? LIFETIMES.legacyAccess : LIFETIMES.access),
      RefreshToken: LIFETIMES.refresh,
      IdToken: LIFETIMES.access,
      Interaction: LIFETIMES.interaction,
      Grant: LIFETIMES.grant,
      // It is never stored.
      Session: LIFETIMES.interaction,
    },
    // Each refresh token once, whoever holds it, but for its grace: see `token-uses.ts` (RFC 9700, 4.14.2).
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // By default oidc-provider lets a grant outlive its revoked access token.
    revokeGrantPolicy: () => true,
    expiresWithSession: () => false,
    loadExistingGrant: async ctx => {
      const grantId = ctx.oidc.result?.consent?.grantId
      const grant = grantId ? await ctx.oidc.provider.Grant.find(grantId) : undefined
      if (grantId && !grant) throw new errors.AccessDenied('the grant was ended')
      // Whoever agreed must be the one who brings the answer: a request that was planted in somebody's browser is of no use
      // to whoever began it.
      const { login } = ctx.oidc.result ?? {}
      if (login?.accountId !== ctx.state.userId) throw new errors.AccessDenied('another user agreed')
      // Only where the host tells it: else oidc-provider takes the moment of the answer for that of the log-in.
      if (login?.ts) Object.assign(ctx.oidc.claims ?? {}, { id_token: { auth_time: { essential: true } } })
      return grant
    },
    // These endpoints read no cookies, so every origin may ask.
    clientBasedCORS: () => true,
    findAccount: async (_ctx, id) => {
      const user = await findUser(id)
      if (!user) return undefined
      return { accountId: id, claims: () => claimsOf(users, user) }
    },
    ...(clientDocuments && {
      fetch: (url, options = {}) => clientDocuments.fetch(url, options, oidc.Provider.ctx),
      fetchResponseBodyLimits: { 'client_id metadata document': 2 * MAX_DOCUMENT },
    }),
    // Answered by whoever asked oidc-provider: see `request.ts`. The application is not told.
    renderError: (ctx, out) => {
      const state = ctx.state as RequestState
      state.back = undefined
      ctx.body = out
    },
    discovery: {
      service_documentation: undefined,
      ...(takesRegistrations && { registration_endpoint: site.url + OAUTH_PATHS.register }),
    },
  }
}
