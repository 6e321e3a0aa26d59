import type { Context } from 'koa'
import compose from 'koa-compose'
import type { CheckedOptions } from '../connect/options.ts'
import { deriveKey } from '../crypto/keys.ts'
import type { Database } from '../database/database.ts'
import { createLastUse } from '../database/last-use.ts'
import type { ConnectError } from '../errors.ts'
import type { Hooks } from '../hooks/hooks.ts'
import type { PageKit } from '../pages/kit.ts'
import { meRoute } from '../rest/routes/me.ts'
import type { Counts } from '../throttle/counts.ts'
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
import { connectedAppsPages } from './connected-apps/page.ts'
import { connectedApplicationsRoutes } from './connected-apps/rest.ts'
import { authorizePages } from './consent/authorize.ts'
import { createConsent } from './consent/consent.ts'
import { consentPage } from './consent/consent-page.ts'
import { createInteractionRows } from './consent/interaction-rows.ts'
import { createLogInTime } from './consent/login-time.ts'
import { oauthEndpoints } from './endpoints.ts'
import { createGrantRows } from './grants/grant-rows.ts'
import { createGrants } from './grants/grants.ts'
import { httpsProblem, requireHttps } from './https.ts'
import { oauthNotFound } from './not-found.ts'
import { OAUTH_PATHS } from './paths.ts'
import { createEngines } from './provider/providers.ts'
import { createSigningKeys } from './provider/signing-keys.ts'
import { createResources } from './resources.ts'
import { createScopes } from './scopes.ts'
import { createSweep } from './sweep.ts'
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
  sweep(): Promise<void>
}

export interface OAuthNeeds {
  options: CheckedOptions & { oauth: NonNullable<CheckedOptions['oauth']> }
  users: Users
  userJoin: UserJoin | null
  hooks: Hooks
  database: Database
  changes: UserChanges
  lifecycle: UserLifecycle
  counts: Counts
  kit: PageKit
  /** Of the site's API, where credentials are read. */
  prefixes: readonly string[]
}

export type OAuthParts = ReturnType<typeof createOAuth>

/** Builds OAuth for a site that has it: what a request meets, and what the host calls. */
export function createOAuth(needs: OAuthNeeds) {
  const { options, users, userJoin, hooks, database, changes, lifecycle, counts, kit, prefixes } = needs
  const { site, secret, environment, oauth } = options

  // Rows and rules.
  const rows = {
    clients: createClientRows(database),
    grants: createGrantRows(database),
    tokens: createTokenRows(database, userJoin),
    uses: createTokenUses(database, oauth.refreshGrace),
    interactions: createInteractionRows(database),
    assertions: createAssertionRows(database),
    documents: createDocumentRows(database),
  }
  const grants = createGrants({ database, rows: rows.grants, clients: rows.clients, changes, hooks })
  // Clients first, then grants, as where a client is deleted: two at once do not wait for each other.
  lifecycle.keep({
    endsWithPassword: false,
    async end(user, on) {
      await rows.clients.disown(String(user.id), on)
      return () => {}
    },
  })
  lifecycle.keep({ endsWithPassword: options.revokeOnPasswordChange, end: grants.endAllOfUserOn })
  const clients = createClients(rows.clients, grants, changes, users)
  const scopes = createScopes(oauth.scopes, oauth.defaultScopes)
  const resources = createResources(site, prefixes)
  const lastUse = createLastUse(rows.grants.recordUses, hooks.report)
  const connectedApps = createConnectedApps({ rows: rows.grants, grants, scopes, lastUse })
  const signingKeys = createSigningKeys(database, deriveKey(secret, 'signing-keys'), hooks.report)
  const sweep = createSweep({ ...rows, signingKeys }, hooks.report)
  const { register, documents } = oauth.registration
  const registration = register ? createRegistrationLimit(counts, 'registration') : null

  // The protocol.
  const cookieKey = deriveKey(secret, 'oauth-cookies').export().toString('base64url')
  const clientDocuments = documents
    ? createClientDocuments(createRegistrationLimit(counts, 'document fetch'), rows.documents)
    : null
  const shared = { site, users, hooks, scopes, resources, ...rows }
  const assertionLimit = createRegistrationLimit(counts, 'client assertion')
  const engines = createEngines(
    { ...shared, endGrants: grants.end, clientDocuments, takesRegistrations: register, assertionLimit, cookieKey },
    signingKeys,
  )
  const logInTime = createLogInTime(users)
  const consent = createConsent({ ...shared, makeGrants: grants, engines, logInTime })
  const secure = requireHttps(environment)

  const api: OAuth = {
    clients: clients.api,
    connectedApps: connectedApps.api,
    async rotateSigningKey() {
      const kid = await signingKeys.rotate()
      engines.forget()
      return kid
    },
    async sweep() {
      await sweep.sweep()
      engines.forget()
    },
  }

  return {
    api,
    scopes,
    metadataUrl: resources.metadataUrl,
    /** Pages and endpoints. */
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
        path: oauth.appsPath,
      }),
      authorizePages(
        { ...shared, kit, engines, sweep, logInTime },
        consentPage(kit, users, scopes, consent, logInTime),
        secure,
      ),
      oauthEndpoints({ ...shared, engines, sweep, register: clients.register, registration }, secure),
      oauthNotFound,
    ]),
    restV1Routes: [meRoute(site, users), ...connectedApplicationsRoutes(connectedApps)],
    verifyAccessToken: createAccessTokenVerifier({ ...shared, lastUse }),
    /** Over plain http a token is not looked at, like an application password. */
    refusal: (ctx: Context): ConnectError | null => httpsProblem(ctx, environment),
    /** What the REST index says of it: WordPress's clients know both forms. */
    authentication(ctx: Context): object {
      if (httpsProblem(ctx, environment)) return {}
      const [authorize, token] = [site.url + OAUTH_PATHS.authorize, site.url + OAUTH_PATHS.token]
      return { oauth2: { authorize, token, endpoints: { authorization: authorize, token } } }
    },
    async close(): Promise<void> {
      await Promise.all([lastUse.flush(), sweep.finished()])
    },
  }
}
