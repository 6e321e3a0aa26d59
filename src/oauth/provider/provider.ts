import type { KoaContextWithOIDC, Provider, Client as ProviderClient } from 'oidc-provider'
import { constantTimeEqual } from '../../crypto/constant-time.ts'
import { tokenHash } from '../../crypto/random-token.ts'
import { ConnectError } from '../../errors.ts'
import { isDangerousScheme } from '../../http/destination.ts'
import { isSameLoopback } from '../clients/redirect-uri.ts'
import { OAUTH_PATHS } from '../paths.ts'
import type { Resources } from '../resources.ts'
import { createAdapterFactory } from './adapter.ts'
import { configurationOf, type ProviderParts } from './configuration.ts'
import { isLegacy } from './lifetimes.ts'
import type { RequestState } from './request-state.ts'
import { RESPONSE_MODES } from './send-back.ts'
import type { SigningKey } from './signing-keys.ts'

/** Creates oidc-provider, and changes it where its configuration is not enough. */
export async function createProvider(parts: ProviderParts, keys: readonly SigningKey[]): Promise<Provider> {
  // Imported only here, so that a site without OAuth never loads it.
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
  // Trusts the headers for protocol and address, because we set them ourselves: see `request.ts`.
  provider.proxy = true

  provider.Client.prototype.compareClientSecret = function (secret: string) {
    return constantTimeEqual(this.clientSecret ?? '', tokenHash(secret))
  }
  const isRegistered = provider.Client.prototype.redirectUriAllowed
  provider.Client.prototype.redirectUriAllowed = function (uri: string) {
    // The URI may have been registered before its scheme was forbidden.
    if (isDangerousScheme(uri.slice(0, Math.max(0, uri.indexOf(':'))))) return false
    return isRegistered.call(this, uri) || isOwnLoopback(this, uri)
  }

  compareResources(provider, parts.resources)

  // Keep the error for the caller, so that a database failure gets its own status and the host's errors stay the host's.
  provider.on('server_error', (ctx, error) => {
    const state = ctx.state as RequestState
    state.failure = error
  })
  provider.on('authorization.success', (ctx, out) => keepAnswer(ctx, { ...out }))
  provider.on('authorization.error', (ctx, { error, error_description, cause }) => {
    keepAnswer(ctx, { error, error_description, state: ctx.oidc.params?.state })
    const state = ctx.state as RequestState
    // Tells the person why the client was rejected.
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

/**
 * oidc-provider compares resources exactly and stores scopes for each of them. Our grants have the same scopes for all
 * resources.
 */
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

/**
 * Returns the state that `callProvider()` has set for the request. Outside of a request, as on the consent page, a default.
 */
const stateOf = ({ Provider }: typeof import('oidc-provider')): RequestState =>
  (Provider.ctx?.state as RequestState | undefined) ?? { began: Date.now(), userId: undefined }

/** Programs on the user's own device listen on any free port (RFC 8252, section 7.3). */
function isOwnLoopback({ redirectUris = [], applicationType, clientAuthMethod }: ProviderClient, uri: string): boolean {
  const mayChoosePort = applicationType === 'native' || clientAuthMethod === 'none'
  return redirectUris.some(registered => isSameLoopback(uri, registered, mayChoosePort))
}

/** Keeps the parameters for the application. Clients written for WordPress.com do not know `iss` (RFC 9207). */
function keepAnswer({ state, oidc }: KoaContextWithOIDC, out: Record<string, unknown>): void {
  const { client, params } = oidc
  // The parameters are missing if the request was rejected before they were read.
  if (!params) return
  const parameters = Object.entries({ ...out, iss: client && isLegacy(client) ? undefined : oidc.issuer })
  const [mode = 'query'] = RESPONSE_MODES.filter(each => each === oidc.responseMode)
  ;(state as RequestState).back = {
    redirectUri: String(params.redirect_uri),
    parameters: Object.fromEntries(parameters.flatMap(([k, v]) => (typeof v === 'string' ? [[k, v]] : []))),
    mode,
  }
}
