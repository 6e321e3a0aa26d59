import type { Context } from 'koa'
import type { Interaction, Provider, Client as ProviderClient } from 'oidc-provider'
import { randomToken } from '../../crypto/random-token.ts'
import { ConnectError } from '../../errors.ts'
import type { Site } from '../../site.ts'
import { findSite, sitesOf } from '../../users/sites.ts'
import { isStillLoggedIn } from '../../users/still-logged-in.ts'
import type { User, UserSite, Users } from '../../users/user.ts'
import { nowInSeconds } from '../../values/unix-seconds.ts'
import { forVisitor } from '../clients/client-documents.ts'
import type { ClientRows } from '../clients/client-rows.ts'
import { isVerified } from '../clients/is-verified.ts'
import type { OAuthHooks } from '../events.ts'
import type { Access, Grant } from '../grants/grant.ts'
import type { Grants } from '../grants/grants.ts'
import type { Providers } from '../provider/providers.ts'
import { providerRequest } from '../provider/request.ts'
import { LOGIN_AFTER } from '../provider/request-state.ts'
import type { Scopes } from '../scopes.ts'
import type { LoginTime } from './login-time.ts'

/** The request that the user decides about, checked by oidc-provider. */
export interface ConsentRequest {
  uid: string
  clientId: string
  clientName: string
  clientWebsite: string
  selfRegistered: boolean
  /** Whether somebody who manages the site's applications registered it. */
  isVerified: boolean
  redirectUri: string
  scopes: readonly string[]
  access: Access
  /** The sites that the user can choose from. Empty if the request is not for a single site. */
  sites: readonly UserSite[]
  /** The site that the application named, if it is one of the user's. */
  site: UserSite | undefined
  /** Milliseconds since 1970. Only a newer login counts. Null: any login counts. */
  loginAfter: number | null
}

interface ConsentParts {
  site: Site
  users: Users
  hooks: OAuthHooks
  scopes: Scopes
  clients: ClientRows
  makeGrants: Pick<Grants, 'begin' | 'write' | 'takeBack'>
  providers: Providers
  loginTime: LoginTime
}

export type Consent = ReturnType<typeof createConsent>

/** Handles the decision of a user about an application. */
export function createConsent({ site, users, hooks, scopes, clients, makeGrants, providers, loginTime }: ConsentParts) {
  /** oidc-provider finds the request of this browser by its cookie. */
  const requestOf = (ctx: Context) => providerRequest(site, ctx, { path: ctx.path, query: '', form: null })

  /**
   * Returns the request of this browser.
   *
   * @throws ConnectError `authorization_expired`
   */
  async function find(ctx: Context, uid: string) {
    const provider = await providers.current()
    const interaction = await translateProviderErrors(provider.interactionDetails(requestOf(ctx), ctx.res))
    if (interaction.uid !== uid) throw new ConnectError('authorization_expired')
    const client = await translateProviderErrors(
      forVisitor(ctx, () => provider.Client.find(String(interaction.params.client_id))),
    )
    // Meanwhile the client may have been deleted, or the redirect URI removed.
    if (!client?.redirectUriAllowed(String(interaction.params.redirect_uri))) {
      throw new ConnectError('authorization_expired')
    }
    return { provider, interaction, client }
  }

  async function describe(user: User, interaction: Interaction, client: ProviderClient): Promise<ConsentRequest> {
    const { params, uid } = interaction
    const stored = await clients.find(client.clientId)
    const asked = scopes.parse(String(params.scope ?? ''))
    const access = scopes.access(asked)
    const sites = access === 'site' ? await sitesOf(site, users, user) : []
    return {
      uid,
      clientId: client.clientId,
      clientName: client.clientName ?? client.clientId,
      clientWebsite: client.clientUri ?? '',
      selfRegistered: stored?.selfRegistered ?? true,
      isVerified: stored !== undefined && (await isVerified(stored, users)),
      redirectUri: String(params.redirect_uri),
      scopes: asked,
      access,
      sites,
      site: findSite(sites, String(params.blog ?? '')),
      loginAfter: params[LOGIN_AFTER] === undefined ? null : Number(params[LOGIN_AFTER]),
    }
  }

  /** Saves oidc-provider's own record of what it may issue tokens for. */
  async function recordGrant(provider: Provider, grant: Grant, resource: unknown): Promise<void> {
    const record = new provider.Grant({ accountId: grant.userId, clientId: grant.clientId })
    record.jti = grant.grantId
    const scope = grant.scopes.join(' ')
    record.addOIDCScope(scope)
    for (const each of [resource].flat()) if (typeof each === 'string') record.addResourceScope(each, scope)
    await translateProviderErrors(record.save())
  }

  return {
    async request(ctx: Context, user: User, uid: string): Promise<ConsentRequest> {
      const { interaction, client } = await find(ctx, uid)
      return describe(user, interaction, client)
    },

    /**
     * @param chosen id of the site that the user chose, if the request is for a single site
     * @returns the URL to redirect the browser to
     * @throws ConnectError `invalid_site`, `authorization_expired`
     */
    async authorize(ctx: Context, user: User, uid: string, chosen: string): Promise<string> {
      const making = await makeGrants.begin(String(user.id))
      const { provider, interaction, client } = await find(ctx, uid)
      const request = await describe(user, interaction, client)
      // Check it again: a form can contain anything.
      const granted = request.access === 'site' ? request.sites.find(({ id }) => String(id) === chosen) : undefined
      if (request.access === 'site' && !granted) throw new ConnectError('invalid_site')
      const grant = grantOf(user, request, granted)
      await makeGrants.write(making, grant)
      // The user may have logged out while the grant was being written.
      if (!(await isStillLoggedIn(users, ctx, user))) {
        await makeGrants.takeBack(grant)
        throw new ConnectError('authorization_expired')
      }
      await recordGrant(provider, grant, interaction.params.resource)
      await clients.noteAuthorized(grant.clientId, grant.created)
      hooks.emit('oauth-authorized', { user, grant })
      const loggedIn = await loginTime.of(ctx)
      const ts = loggedIn === null ? undefined : Math.floor(loggedIn / 1000)
      const result = { login: { accountId: grant.userId, ts }, consent: { grantId: grant.grantId } }
      return translateProviderErrors(provider.interactionResult(requestOf(ctx), ctx.res, result))
    },

    /** @returns the URL to redirect the browser to */
    async deny(ctx: Context, user: User, uid: string): Promise<string> {
      const { provider, client } = await find(ctx, uid)
      hooks.emit('oauth-denied', { user, clientId: client.clientId })
      const result = { error: 'access_denied', error_description: 'The user did not agree.' }
      return translateProviderErrors(provider.interactionResult(requestOf(ctx), ctx.res, result))
    },
  }
}

function grantOf(user: User, request: ConsentRequest, site: UserSite | undefined): Grant {
  return {
    grantId: randomToken(),
    userId: String(user.id),
    clientId: request.clientId,
    clientName: request.clientName,
    clientWebsite: request.clientWebsite,
    selfRegistered: request.selfRegistered,
    access: request.access,
    siteId: String(site?.id ?? ''),
    siteUrl: site?.url ?? '',
    siteName: site?.name ?? '',
    scopes: request.scopes,
    created: nowInSeconds(),
  }
}

/** Throws our own errors in place of oidc-provider's. */
async function translateProviderErrors<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof Error && error.cause instanceof ConnectError) throw error.cause
    if (error instanceof Error && GONE.has(error.name)) throw new ConnectError('authorization_expired')
    throw error
  }
}

/**
 * Errors for a request that was answered, has expired or began in another browser, or whose client ID metadata document is
 * gone.
 */
const GONE = new Set(['SessionNotFound', 'InvalidClient', 'InvalidClientMetadata'])
