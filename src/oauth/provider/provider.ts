import type { KoaContextWithOIDC, Provider, Client as ProviderClient } from 'oidc-provider'
import { constantTimeEqual } from '../../crypto/constant-time.ts'
import { tokenHash } from '../../crypto/random-token.ts'
import { ConnectError } from '../../errors.ts'
import { isDangerousScheme } from '../../http/destination.ts'
import { isSameLoopback } from '../clients/redirect-uri.ts'
import { OAUTH_PATHS } from '../paths.ts'
import type { Resources } from '../resources.ts'
import { createAdapterFactory } from './adapter.ts'
import { configurationOf, isLegacy, type ProviderParts } from './configuration.ts'
import type { RequestState } from './request-state.ts'
import { RESPONSE_MODES } from './send-back.ts'
import type { SigningKey } from './signing-keys.ts'

/** Builds oidc-provider: what it is told, and where it is not as it comes. */
export async function createProvider(parts: ProviderParts, keys: readonly SigningKey[]): Promise<Provider> {
  // Loaded only now: a site without OAuth never pays for it.
  const oidc = await import('oidc-provider')
  const { site, hooks } = parts
  const adapter = createAdapterFactory({
    ...parts,
    errors: oidc.errors,
    request: () => stateOf(oidc),
    endGrant: async grantId => {
      const grant = await parts.grants.reference(grantId)
      const isRevocation = oidc.Provider.ctx?.oidc.route === 'revocation'
      if (grant) await parts.endGrants([grant], isRevocation ? 'client' : 'reuse')
    },
    resumeUrl: uid => `${site.url}${OAUTH_PATHS.authorize}/${uid}`,
  })
  const provider = new oidc.Provider(site.url, {
    ...configurationOf(oidc, parts),
    adapter,
    jwks: { keys },
  })
  // We say who the caller is and how they came: see `request.ts`.
  provider.proxy = true

  provider.Client.prototype.compareClientSecret = function (secret: string) {
    return constantTimeEqual(this.clientSecret ?? '', tokenHash(secret))
  }
  const isRegistered = provider.Client.prototype.redirectUriAllowed
  provider.Client.prototype.redirectUriAllowed = function (uri: string) {
    // One that was registered before its scheme was refused.
    if (isDangerousScheme(uri.slice(0, Math.max(0, uri.indexOf(':'))))) return false
    return isRegistered.call(this, uri) || isOwnLoopback(this, uri)
  }

  compareResources(provider, parts.resources)

  // Kept for whoever asked: a failing database is answered as such, and a host's own error is the host's.
  provider.on('server_error', (ctx, error) => {
    const state = ctx.state as RequestState
    state.failure = error
  })
  provider.on('authorization.success', (ctx, out) => keepAnswer(ctx, { ...out }))
  provider.on('authorization.error', (ctx, { error, error_description, cause }) => {
    keepAnswer(ctx, { error, error_description, state: ctx.oidc.params?.state })
    const state = ctx.state as RequestState
    // A person is told why the application could not be known.
    if (cause instanceof ConnectError) state.failure ??= cause
  })
  provider.on('grant.error', (ctx, error) => {
    const { work } = ctx.state as RequestState
    if (work) work.detail = error.error_detail ?? ''
  })
  provider.on('grant.revoked', (ctx, grantId) => {
    const { route, client } = ctx.oidc
    if (route === 'token') hooks.emit('oauth-token-reused', { clientId: client?.clientId ?? '', grantId })
  })
  return provider
}

/** oidc-provider compares resources letter by letter, and keeps scopes for each of them; a grant of ours has the same for all. */
function compareResources({ AuthorizationCode, RefreshToken, Grant }: Provider, resources: Resources): void {
  for (const { prototype } of [AuthorizationCode, RefreshToken]) {
    Object.defineProperty(prototype, 'resourceIndicators', {
      get(this: { resource?: string | string[] }) {
        return { has: (resource: string) => resources.isGranted(resource, [this.resource ?? []].flat()) }
      },
    })
  }
  Grant.prototype.getResourceScopeFiltered = function (_resource, filter) {
    return this.getOIDCScopeFiltered(filter)
  }
}

/** What `callProvider()` said of the request; outside of one, as on the consent page, there is nothing to say. */
const stateOf = ({ Provider }: typeof import('oidc-provider')): RequestState =>
  (Provider.ctx?.state as RequestState | undefined) ?? { began: Date.now(), userId: undefined }

/** Programs on the user's own device listen at whatever port is free (RFC 8252, 7.3). */
function isOwnLoopback({ redirectUris = [], applicationType, clientAuthMethod }: ProviderClient, uri: string): boolean {
  const mayChoosePort = applicationType === 'native' || clientAuthMethod === 'none'
  return redirectUris.some(registered => isSameLoopback(uri, registered, mayChoosePort))
}

/** What the application is to be told, by which parameters; clients written for WordPress.com know no `iss` (RFC 9207). */
function keepAnswer({ state, oidc }: KoaContextWithOIDC, out: Record<string, unknown>): void {
  const { client, params } = oidc
  // Of no request that is known here.
  if (!params) return
  const parameters = Object.entries({ ...out, iss: client && isLegacy(client) ? undefined : oidc.issuer })
  const [mode = 'query'] = RESPONSE_MODES.filter(each => each === oidc.responseMode)
  ;(state as RequestState).back = {
    redirectUri: String(params.redirect_uri),
    parameters: Object.fromEntries(parameters.flatMap(([k, v]) => (typeof v === 'string' ? [[k, v]] : []))),
    mode,
  }
}
