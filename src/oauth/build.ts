import type { Context } from 'koa'
import compose from 'koa-compose'
import { deriveKey } from '../crypto/keys.ts'
import type { Database } from '../database/database.ts'
import { createLastUse } from '../database/last-use.ts'
import type { PageKit } from '../pages/kit.ts'
import { meRoute } from '../rest/routes/me.ts'
import type { Environment, Site } from '../site.ts'
import type { CounterStore } from '../throttle/counts.ts'
import type { UserChanges } from '../users/changes.ts'
import type { UserLifecycle } from '../users/lifecycle.ts'
import type { Users } from '../users/user.ts'
import type { UserJoin } from '../users/user-join.ts'
import { createAssertionRows } from './clients/assertion-rows.ts'
import { createClientDocuments } from './clients/client-documents.ts'
import { createClientRows } from './clients/client-rows.ts'
import { type Clients, createClients } from './clients/clients.ts'
import { clientsPages } from './clients/clients-page.ts'
import { createDocumentRows } from './clients/document-rows.ts'
import { createRegistrationLimit } from './clients/registration-limit.ts'
import { type ConnectedApps, createConnectedApps } from './connected-apps/connected-apps.ts'
import { oauthLinksSection } from './connected-apps/links-section.ts'
import { connectedAppsPages } from './connected-apps/page.ts'
import { connectedApplicationsRoutes } from './connected-apps/rest.ts'
import { authorizePages } from './consent/authorize.ts'
import { createConsent } from './consent/consent.ts'
import { consentPage } from './consent/consent-page.ts'
import { createLogInTime } from './consent/login-time.ts'
import { oauthEndpoints } from './endpoints.ts'
import type { OAuthHooks } from './events.ts'
import { createGrantRows } from './grants/grant-rows.ts'
import { createGrants } from './grants/grants.ts'
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

/** What `connect.oauth` is: for the host's own code, and for the command line. */
export interface OAuth {
  /** Register, change and delete the applications that may ask users for access. */
  clients: Clients
  /** What users granted, and its end. */
  connectedApps: ConnectedApps
  /** Makes a new key for ID tokens; it signs from ten minutes later on. @returns its id */
  rotateSigningKey(): Promise<string>
  /** Takes away what has expired and what nobody uses. Requests do it in passing, every ten minutes. */
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
  /** Of the site's API, where credentials are read. */
  prefixes: readonly string[]
}

export type BuiltOAuth = ReturnType<typeof buildOAuth>

/** Builds OAuth for a site that has it: what a request meets, and what the host calls. */
export function buildOAuth(parts: OAuthBuildParts) {
  const { options, site, environment, secret, users, userJoin, hooks, database, changes, lifecycle, counts, kit } =
    parts

  // Rows and rules.
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
  // Clients first, then grants, as where a client is deleted: two at once do not wait for each other.
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
  const registration = register ? createRegistrationLimit(counts, 'registration') : null

  // The protocol.
  const cookieKey = deriveKey(secret, 'oauth-cookies').export().toString('base64url')
  const clientDocuments = documents
    ? createClientDocuments(createRegistrationLimit(counts, 'document fetch'), rows.documents)
    : null
  const shared = { site, users, hooks, scopes, resources, ...rows }
  const assertionLimit = createRegistrationLimit(counts, 'client assertion')
  const providers = createProviders(
    { ...shared, endGrants: grants.end, clientDocuments, takesRegistrations: register, assertionLimit, cookieKey },
    signingKeys,
  )
  const logInTime = createLogInTime(users)
  const consent = createConsent({ ...shared, makeGrants: grants, providers, logInTime })
  const secure = requireHttps(environment)

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
    metadataUrl: resources.metadataUrl,
    /** PageKit and endpoints. */
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
        { ...shared, kit, providers, sweep, logInTime },
        consentPage(kit, users, scopes, consent, logInTime),
        secure,
      ),
      oauthEndpoints({ ...shared, providers, sweep, register: clients.register, registration }, secure),
      oauthNotFound,
    ]),
    restV1Routes: [meRoute(site, users), ...connectedApplicationsRoutes(connectedApps)],
    way: bearerWay(createAccessTokenVerifier({ ...shared, lastUse }), environment),
    section: oauthLinksSection(kit, users, options.appsPath),
    /** What the REST index says of it: WordPress's clients know both forms. */
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
