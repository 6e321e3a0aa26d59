import type { Context } from 'koa'
import { buildApplicationPasswords } from '../application-passwords/build.ts'
import { createAuthentication } from '../authentication/authentication.ts'
import { requireAuth } from '../authentication/require.ts'
import { sessionWay } from '../authentication/session-way.ts'
import { createIds } from '../content/ids.ts'
import { loadFastHash } from '../crypto/fast-hash.ts'
import { createFormTokens } from '../csrf/form-tokens.ts'
import { createNonces, REST_NONCE } from '../csrf/nonces.ts'
import { connectionSection } from '../doctor/connection-section.ts'
import { createDoctor } from '../doctor/doctor.ts'
import type { StartedBy } from '../doctor/facts.ts'
import { createProbes } from '../doctor/probes.ts'
import { clientAddress } from '../http/address.ts'
import type { OAuth } from '../oauth/build.ts'
import type { OAuthOptions } from '../oauth/options.ts'
import { OAUTH_PATHS } from '../oauth/paths.ts'
import { createPageKit } from '../pages/kit.ts'
import { pageRoutes } from '../pages/routes.ts'
import { createTheme } from '../pages/theme.ts'
import { createProfile } from '../profile/profile.ts'
import { createErrorSender } from '../rest/errors.ts'
import { indexRoutes } from '../rest/routes/rest-index.ts'
import { usersRoutes } from '../rest/routes/users.ts'
import { REST_PREFIX, REST_V1_PREFIXES, restUrl } from '../rest/url.ts'
import { deletedUser } from '../users/lifecycle.ts'
import { hasSite } from '../users/sites.ts'
import { checkUserId, type User, type Users } from '../users/user.ts'
import { loadContentRest } from './build-content.ts'
import { buildGround } from './build-ground.ts'
import type { Connect } from './connect-types.ts'
import { loadOAuth } from './load-oauth.ts'
import { createMiddleware } from './middleware.ts'
import { type ConnectOptions, checkOptions } from './options.ts'
import { createIsOwnPath } from './own-paths.ts'

/**
 * Builds the package for one site: application passwords, their pages, their REST API and the authentication of requests.
 * With `oauth`, connected apps too.
 *
 * @throws OptionsError that names the bad option, the given value and the expected one
 * @example
 * const connect = await createConnect({
 *   knex,
 *   site: { url: 'https://example.com', name: 'Example' },
 *   secret: process.env.CONNECT_SECRET ?? '',
 *   users: embeddedUsers(),
 * })
 * await connect.migrate()
 * app.use(connect.middleware())
 */
export async function createConnect<U extends Users>(
  given: ConnectOptions<U> & { oauth: OAuthOptions },
): Promise<Connect<U, OAuth>>
export async function createConnect<U extends Users>(given: ConnectOptions<U>): Promise<Connect<U>>
export async function createConnect<U extends Users>(given: ConnectOptions<U>): Promise<Connect<U>> {
  return createConnectBy('app', given)
}

/**
 * Like {@link createConnect}, and records how the site was started: the doctor gives other advice to people who configure
 * the site by environment variables.
 */
export async function createConnectBy<U extends Users>(
  startedBy: StartedBy,
  given: ConnectOptions<U> & { oauth: OAuthOptions },
): Promise<Connect<U, OAuth>>
export async function createConnectBy<U extends Users>(
  startedBy: StartedBy,
  given: ConnectOptions<U>,
): Promise<Connect<U>>
export async function createConnectBy<U extends Users>(
  startedBy: StartedBy,
  given: ConnectOptions<U>,
): Promise<Connect<U>> {
  const options = checkOptions(given)
  const { site, secret, environment } = options
  await loadFastHash()

  const ground = buildGround(options, given.users)
  const { hooks, database, migrator, cookies, counts, throttle, changes, lifecycle } = ground
  const { givenUsers, users, userJoin, embedded } = ground

  // The doctor.
  const probes = createProbes(site, secret, counts)
  const doctor = createDoctor({
    site,
    environment,
    startedBy,
    migrator,
    probes,
    oauth: options.oauth ? { api: options.api, paths: OAUTH_PATHS } : null,
    hasUnknownCallers: ground.hasUnknownCallers,
  })

  // Application passwords, and OAuth if the site has it.
  const formTokens = createFormTokens(createNonces(secret), cookies)
  const scopeMessages = Object.entries(options.oauth?.scopes ?? {}).map(([name, text]) => [`scopes.${name}`, text])
  const theme = createTheme({ site, pages: options.pages, messages: Object.fromEntries(scopeMessages) })
  const logoutUrl = (ctx: Context, user: User) =>
    embedded?.logoutUrlWith(formTokens.create(ctx, user, 'log-out')) ?? users.logoutUrl?.() ?? null
  const kit = createPageKit({ site, users, formTokens, theme, logoutUrl })
  const v1Prefixes = options.oauth ? REST_V1_PREFIXES : []
  const prefixes = [REST_PREFIX, ...options.api, ...v1Prefixes]
  const shared = {
    site,
    environment,
    secret,
    endsWithPassword: options.revokeOnPasswordChange,
    users,
    userJoin,
    hooks,
    database,
    changes,
    lifecycle,
    kit,
  }
  const passwords = buildApplicationPasswords({ ...shared, options: options.applicationPasswords, throttle })
  const { availability, verify } = passwords
  const oauth = await loadOAuth(options.oauth, { ...shared, counts, prefixes })

  // Pages.
  const connection = connectionSection({ kit, doctor, probes, counts })
  const sections = [passwords.section, connection, ...(oauth ? [oauth.section] : [])]
  const profile = createProfile({ kit, users, sections })
  const isOwnPath = createIsOwnPath(options.oauth?.appsPath ?? null)
  const appNameAt = oauth?.appNameAt ?? (async () => null)
  const pagesOfFeatures = [embedded?.pages(kit, appNameAt), oauth?.middleware].filter(pages => pages !== undefined)
  const pages = pageRoutes(
    kit,
    users,
    { profile: profile.page, authorizeApplication: passwords.authorizePage, others: pagesOfFeatures },
    isOwnPath,
  )

  // Authentication.
  const ways = [...(oauth ? [oauth.way] : []), sessionWay(users, formTokens, passwords.way), passwords.way]
  const authentication = createAuthentication(ways)
  const corsPrefixes = options.cors ? options.api : []
  const metadataUrl = oauth?.metadataUrl ?? null
  const sendError = createErrorSender({ realm: site.name, metadataUrl, v1Prefixes, corsPrefixes })

  // Content, if the site has it.
  const ids = createIds(
    database,
    new Set(options.content && ground.content?.ids !== 'string' ? ['item', 'term', 'media'] : []),
  )
  const content = await loadContentRest(ground.content, {
    site,
    users,
    ids,
    hooks,
    scopes: oauth?.scopes ?? null,
    scopeNames: options.contentScopes,
  })

  // REST.
  const signInMethods = async (ctx: Context) => ({
    ...(await passwords.signInMethods(ctx)),
    ...oauth?.signInMethods(ctx),
  })
  const routes = indexRoutes(
    site,
    [...(content?.routes ?? []), ...usersRoutes(site, users, content?.hasUsers ?? false), ...passwords.restRoutes],
    signInMethods,
  )
  const discoveryLink = `<${restUrl(site)}>; rel="https://api.w.org/"`

  /** If the user is gone already, the events carry only the id. */
  const findOrDeleted = async (id: string | number) => (await users.find(checkUserId(id))) ?? deletedUser(id)

  const guard = {
    sendError,
    scopes: oauth?.scopes ?? null,
    hasSite: (user: User, id: string) => hasSite(site, users, user, id),
  }

  return {
    users: givenUsers,
    content: ground.content,
    applicationPasswords: passwords.api,
    on: hooks.on,
    filter: hooks.filter,
    migrate: migrator.up,
    migrateDown: migrator.down,
    doctor: doctor.examine,
    ...createMiddleware({
      pages,
      isOwnPath,
      authentication,
      sendError,
      probes,
      routes,
      restV1Routes: oauth?.restV1Routes ?? null,
      api: options.api,
      corsPrefixes,
      restPrefixes: [REST_PREFIX, ...v1Prefixes],
      discoveryLink,
      freshNonce: (ctx, user) => formTokens.create(ctx, user, REST_NONCE),
    }),
    require: (requirement = {}) => requireAuth(requirement, guard),
    async verifyCredentials(login, password, ip) {
      // There is no request that tells whether the connection is secure. Your own protocol must be.
      const unavailable = await availability.unavailableReason(true)
      if (unavailable) throw unavailable
      return verify(login, password, clientAddress(ip ?? ''))
    },
    passwordChanged: async id => lifecycle.passwordChanged(await findOrDeleted(id)),
    userDeleted: async id => lifecycle.deleted(await findOrDeleted(id)),
    renderProfileSection: profile.renderSection,
    discoveryLink,
    oauth: oauth?.api ?? null,
    async close() {
      await Promise.all([passwords.close(), oauth?.close(), counts.finished()])
      await hooks.settled()
    },
  }
}
