import type { Configuration } from 'oidc-provider'
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
import type { OAuthHooks } from '../events.ts'
import type { GrantRows } from '../grants/grant-rows.ts'
import type { Grants } from '../grants/grants.ts'
import type { HourlyLimit } from '../hourly-limit.ts'
import { consentPath, OAUTH_PATHS } from '../paths.ts'
import type { Resources } from '../resources.ts'
import type { Scopes } from '../scopes.ts'
import type { TokenRows } from '../tokens/token-rows.ts'
import type { TokenUses } from '../tokens/token-uses.ts'
import { consentPolicy } from './consent-policy.ts'
import { hideConnectErrors } from './hide-connect-errors.ts'
import type { InteractionRows } from './interaction-rows.ts'
import { TTL } from './lifetimes.ts'
import { LOGIN_AFTER, type RequestState } from './request-state.ts'
import { SIGNING_ALGORITHMS } from './signing-keys.ts'

/** Maximum lifetime of a client assertion, in seconds. */
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
  /** Null if client ID metadata documents are not enabled. */
  clientDocuments: ClientDocuments | null
  /** Whether applications may register themselves. */
  takesRegistrations: boolean
  /** Limits client assertions per caller, because each is stored for up to an hour. */
  assertionLimit: HourlyLimit
  assertions: AssertionRows
  endGrants: Grants['end']
  /** Signs oidc-provider's cookies. */
  cookieKey: string
}

/** The cookie of oidc-provider's session, which ends with the request. It never reaches the browser. */
export const PROVIDER_SESSION_COOKIE = 'koa_wp_connect_oauth'

/** oidc-provider's configuration: everything that differs from its defaults. */
export function configurationOf(
  oidc: typeof import('oidc-provider'),
  { site, users, scopes, resources, clientDocuments, takesRegistrations, assertionLimit, cookieKey }: ProviderParts,
): Configuration {
  const { errors } = oidc
  const findUser = hideConnectErrors((id: string) => users.find(id))
  return {
    interactions: {
      url: (_ctx, { uid }) => rootPathOf(site.url) + consentPath(uid),
      policy: consentPolicy(oidc, scopes),
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
    // Many libraries read only the ID token and never call /userinfo.
    conformIdTokenClaims: false,
    extraParams: ['blog', LOGIN_AFTER],
    responseTypes: ['code'],
    clientAuthMethods: [
      'client_secret_basic',
      'client_secret_post',
      'none',
      // For clients that introduce themselves. The site gives a secret to its other clients.
      ...(clientDocuments || takesRegistrations ? (['private_key_jwt'] as const) : []),
    ],
    assertJwtClientAuthClaimsAndHeader: async (ctx, { exp, aud }) => {
      // A second server in the audience could reuse the assertion here.
      if (Array.isArray(aud) && aud.length > 1) throw new errors.InvalidClientAuth('aud must only contain this server')
      if (Number(exp) > nowInSeconds() + MAX_ASSERTION)
        throw new errors.InvalidClientAuth('exp is more than an hour away')
      if (await assertionLimit.isWithin(clientAddress(ctx.ip))) return
      ctx.state.failure = new ConnectError('too_many_attempts', { headers: { 'Retry-After': '3600' } })
      throw new errors.InvalidClientAuth('too many assertions')
    },
    // The algorithm that most libraries expect by default (OpenID Connect Core 1.0, section 15.1).
    clientDefaults: { id_token_signed_response_alg: SIGNING_ALGORITHMS[0] },
    enabledJWA: {
      idTokenSigningAlgValues: [...SIGNING_ALGORITHMS],
      clientAuthSigningAlgValues: [...CLIENT_KEY_ALGORITHMS],
    },
    subjectTypes: ['public'],
    // Required for clients without a secret. For the others, a thief would need the secret too (RFC 9700, section 2.1.1).
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
        // A client may introspect only its own tokens, and only while the user exists.
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
          if (audience === null) throw new errors.InvalidTarget('this server does not have this resource')
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
    ttl: TTL,
    // Each refresh token can be used once, by any client, except within its grace period: see `token-uses.ts` (RFC 9700,
    // section 4.14.2).
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    // By default, oidc-provider keeps the grant when its access token is revoked.
    revokeGrantPolicy: () => true,
    expiresWithSession: () => false,
    loadExistingGrant: async ctx => {
      const grantId = ctx.oidc.result?.consent?.grantId
      const grant = grantId ? await ctx.oidc.provider.Grant.find(grantId) : undefined
      if (grantId && !grant) throw new errors.AccessDenied('the grant was ended')
      // The user who agreed must be the one who resumes the flow. So an attacker gains nothing by planting their own
      // request in another person's browser.
      const { login } = ctx.oidc.result ?? {}
      if (login?.accountId !== ctx.state.userId) throw new errors.AccessDenied('another user gave consent')
      // Only if the host tells the login time: otherwise oidc-provider would use the time of the response.
      if (login?.ts) Object.assign(ctx.oidc.claims ?? {}, { id_token: { auth_time: { essential: true } } })
      return grant
    },
    // These endpoints read no cookies, so every origin may send requests.
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
    // The caller of oidc-provider sends the error: see `request.ts`. The application is not informed.
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
