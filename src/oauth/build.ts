import type { Context } from 'koa'
import compose from 'koa-compose'
import { deriveKey } from '../crypto/keys.ts'
import type { Database } from '../database/database.ts'
import { createLastUse } from '../database/last-use.ts'
import type { PageKit } from '../pages/kit.ts'
import { meRoute } from '../rest/routes/me.ts'
import type { Environment, Site } from '../site.ts'
import type { CounterStore } from '../throttle/counter-store.ts'
import type { UserLifecycle } from '../users/lifecycle.ts'
import type { Users } from '../users/user.ts'
import type { UserChanges } from '../users/user-changes.ts'
import type { UserJoin } from '../users/user-join.ts'
import { createAssertionRows } from './clients/assertion-rows.ts'
import { createClientDocuments } from './clients/client-documents.ts'
import { createClientRows } from './clients/client-rows.ts'
import { createClients } from './clients/clients.ts'
import { clientsPages } from './clients/clients-page.ts'
import type { Clients } from './clients/clients-types.ts'
import { createDocumentRows } from './clients/document-rows.ts'
import { type ConnectedApps, createConnectedApps } from './connected-apps/connected-apps.ts'
import { oauthLinksSection } from './connected-apps/links-section.ts'
import { connectedAppsPages } from './connected-apps/page.ts'
import { connectedApplicationsRoutes } from './connected-apps/rest.ts'
import { createAppNameAt } from './consent/app-name.ts'
import { authorizePages } from './consent/authorize.ts'
import { createConsent } from './consent/consent.ts'
import { consentPage } from './consent/consent-page.ts'
import { createLoginTime } from './consent/login-time.ts'
import { oauthEndpoints } from './endpoints.ts'
import type { OAuthHooks } from './events.ts'
import { createGrantRows } from './grants/grant-rows.ts'
import { createGrants } from './grants/grants.ts'
import { createHourlyLimit } from './hourly-limit.ts'
import { httpsProblem, requireHttps } from './https.ts'
import { oauthNotFound } from './not-found.ts'
import type { CheckedOAuth } from './options.ts'
import { OAUTH_PATHS } from './paths.ts'
import { createInteractionRows } from './provider/interaction-rows.ts'
import { createProviders } from './provider/providers.ts'
import { createSigningKeys } from './provider/signing-keys.ts'
import { createResources } from './resources.ts'
import { createScopes } from './scopes.ts'
import { createSweep } from './sweep.ts'
import { bearerWay } from './tokens/bearer-way.ts'
import { createTokenRows } from './tokens/token-rows.ts'
import { createTokenUses } from './tokens/token-uses.ts'
import { createAccessTokenVerifier } from './tokens/verify-access-token.ts'

/** `connect.oauth`: the functions for your own code and for the command line. */
export interface OAuth {
  /** Registers, changes and deletes the applications that may ask users for access. */
  clients: Clients
  /** Lists what users have granted, and ends it. */
  connectedApps: ConnectedApps
  /**
   * Creates a new key for ID tokens. It starts to sign ten minutes later.
   *
   * @returns the id of the key
   */
  rotateSigningKey(): Promise<string>
  /** Deletes expired tokens and unused rows. Requests also trigger this, every ten minutes at most. */
  deleteExpired(): Promise<void>
}

export interface OAuthBuildParts {
  options: CheckedOAuth
  site: Site
  environment: Environment
  secret: string
  /** The option `revokeOnPasswordChange`. */
  endsWithPassword: boolean
  users: Users
  userJoin: UserJoin | null
  hooks: OAuthHooks
  database: Database
  changes: UserChanges
  lifecycle: UserLifecycle
  counts: CounterStore
  kit: PageKit
  /** The path prefixes of the site's API, under which credentials are read. */
  prefixes: readonly string[]
}

export type BuiltOAuth = ReturnType<typeof buildOAuth>

/** Builds OAuth for one site: its middleware and the functions that the host calls. */
export function buildOAuth(parts: OAuthBuildParts) {
  const { options, site, environment, secret, users, userJoin, hooks, database, changes, lifecycle, counts, kit } =
    parts

  const rows = {
    clients: createClientRows(database),
    grants: createGrantRows(database),
    tokens: createTokenRows(database, userJoin),
    uses: createTokenUses(database, options.refreshGrace),
    interactions: createInteractionRows(database),
    assertions: createAssertionRows(database),
    documents: createDocumentRows(database),
  }
  const grants = createGrants({ database, rows: rows.grants, clients: rows.clients, changes, hooks })
  // Lock clients before grants, in the same order as the deletion of a client, so that two at once cannot deadlock.
  lifecycle.register({
    endsWithPassword: false,
    async end(user, on) {
      await rows.clients.disown(String(user.id), on)
      return () => {}
    },
  })
  lifecycle.register({ endsWithPassword: parts.endsWithPassword, end: grants.endAllOfUserOn })
  const clients = createClients(rows.clients, grants, changes, users)
  const scopes = createScopes(options.scopes, options.defaultScopes)
  const resources = createResources(site, parts.prefixes)
  const lastUse = createLastUse(rows.grants.recordUses, hooks.report)
  const connectedApps = createConnectedApps({ rows: rows.grants, grants, scopes, lastUse })
  const signingKeys = createSigningKeys(database, deriveKey(secret, 'signing-keys'), hooks.report)
  const sweep = createSweep({ ...rows, signingKeys }, hooks.report)
  const { register, documents } = options.registration
  const registration = register ? createHourlyLimit(counts, 'registration') : null

  // The protocol.
  const cookieKey = deriveKey(secret, 'oauth-cookies').export().toString('base64url')
  const clientDocuments = documents
    ? createClientDocuments(createHourlyLimit(counts, 'document fetch'), rows.documents)
    : null
  const assertionLimit = createHourlyLimit(counts, 'client assertion')
  const providers = createProviders(
    {
      site,
      users,
      hooks,
      scopes,
      resources,
      clients: rows.clients,
      grants: rows.grants,
      endGrants: grants.end,
      tokens: rows.tokens,
      uses: rows.uses,
      interactions: rows.interactions,
      clientDocuments,
      takesRegistrations: register,
      assertions: rows.assertions,
      assertionLimit,
      cookieKey,
    },
    signingKeys,
  )
  const loginTime = createLoginTime(users)
  const consent = createConsent({
    site,
    users,
    hooks,
    scopes,
    clients: rows.clients,
    makeGrants: grants,
    providers,
    loginTime,
  })
  const secure = requireHttps(environment)
  const verifyAccessToken = createAccessTokenVerifier({ tokens: rows.tokens, users, scopes, resources, lastUse })

  const api: OAuth = {
    clients: clients.api,
    connectedApps: connectedApps.api,
    async rotateSigningKey() {
      const kid = await signingKeys.rotate()
      providers.forget()
      return kid
    },
    async deleteExpired() {
      await sweep.deleteExpired()
      providers.forget()
    },
  }

  return {
    api,
    scopes,
    appNameAt: createAppNameAt({ site, users, clients: rows.clients, report: hooks.report }),
    metadataUrl: resources.metadataUrl,
    /** The pages and endpoints. */
    middleware: compose([
      connectedAppsPages(kit, connectedApps.api),
      clientsPages({
        kit,
        users,
        clients: clients.api,
        createWithId: clients.createWithId,
        scopes,
        countUsers: rows.grants.countUsers,
        secure,
        path: options.appsPath,
      }),
      authorizePages(
        { kit, site, users, scopes, clients: rows.clients, providers, sweep, loginTime },
        consentPage(kit, users, scopes, consent, loginTime),
        secure,
      ),
      oauthEndpoints(
        {
          site,
          users,
          hooks,
          scopes,
          resources,
          clients: rows.clients,
          grants: rows.grants,
          tokens: rows.tokens,
          uses: rows.uses,
          providers,
          sweep,
          register: clients.register,
          registration,
        },
        secure,
      ),
      oauthNotFound,
    ]),
    restV1Routes: [meRoute(site, users), ...connectedApplicationsRoutes(connectedApps)],
    way: bearerWay(verifyAccessToken, environment),
    section: oauthLinksSection(kit, users, options.appsPath),
    /**
     * Returns the OAuth part of the REST index. Both forms are included, because WordPress's clients know one or the other.
     */
    signInMethods(ctx: Context): object {
      if (httpsProblem(ctx, environment)) return {}
      const [authorize, token] = [site.url + OAUTH_PATHS.authorize, site.url + OAUTH_PATHS.token]
      return { oauth2: { authorize, token, endpoints: { authorization: authorize, token } } }
    },
    async close(): Promise<void> {
      await Promise.all([lastUse.flush(), sweep.finished()])
    },
  }
}
