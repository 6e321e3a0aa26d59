import type { Context } from 'koa'
import { buildApplicationPasswords } from '../application-passwords/build.ts'
import { createAuthentication } from '../authentication/authentication.ts'
import { requireAuth } from '../authentication/require.ts'
import { sessionWay } from '../authentication/session-way.ts'
import { loadFastHash } from '../crypto/fast-hash.ts'
import { deriveKey } from '../crypto/keys.ts'
import { createFormTokens } from '../csrf/form-tokens.ts'
import { createNonces, REST_NONCE } from '../csrf/nonces.ts'
import { createDatabase } from '../database/database.ts'
import { createMigrator } from '../database/migrator.ts'
import { connectionSection } from '../doctor/connection-section.ts'
import { createDoctor } from '../doctor/doctor.ts'
import type { StartedBy } from '../doctor/facts.ts'
import { createProbes } from '../doctor/probes.ts'
import { asEmbedded, joinOf } from '../embedded-users/internals.ts'
import { clientAddress } from '../http/address.ts'
import { createCookies } from '../http/cookies.ts'
import type { BuiltOAuth, OAuth, OAuthBuildParts } from '../oauth/build.ts'
import type { CheckedOAuth, OAuthOptions } from '../oauth/options.ts'
import { OAUTH_PATHS } from '../oauth/paths.ts'
import { createPageKit } from '../pages/kit.ts'
import { pageRoutes } from '../pages/routes.ts'
import { createTheme } from '../pages/theme.ts'
import { createProfile } from '../profile/profile.ts'
import { createErrorSender } from '../rest/errors.ts'
import { indexRoutes } from '../rest/routes/rest-index.ts'
import { usersRoutes } from '../rest/routes/users.ts'
import { REST_PREFIX, REST_V1_PREFIXES, restUrl } from '../rest/url.ts'
import { createCounterStore } from '../throttle/site-counter-store.ts'
import { type CreateThrottle, createThrottle } from '../throttle/throttle.ts'
import { createUnknownAddresses } from '../throttle/unknown-address.ts'
import { createUserChanges } from '../users/changes.ts'
import { checkedUsers } from '../users/checked-users.ts'
import { createUserLifecycle, deletedUser } from '../users/lifecycle.ts'
import { sitesOf } from '../users/sites.ts'
import { checkUserId, type User, type Users } from '../users/user.ts'
import { buildUsers } from './build-users.ts'
import { chooseMigrations } from './choose-migrations.ts'
import type { Connect } from './connect-types.ts'
import { createSiteHooks } from './events.ts'
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
  const { site, secret } = options
  await loadFastHash()

  const hooks = createSiteHooks()
  const database = createDatabase(options.knex, options.tablePrefix)
  const cookies = createCookies(site.url)
  const counts = createCounterStore(options.throttle, database, deriveKey(secret, 'throttle'), hooks.report)
  const unknownAddresses = createUnknownAddresses(hooks.report)
  const throttle: CreateThrottle = (name, limits) => createThrottle(name, limits, counts, unknownAddresses.note)
  const changes = createUserChanges(database)
  const lifecycle = createUserLifecycle(database, changes)
  const givenUsers = buildUsers(given.users, { site, secret, database, cookies, throttle, lifecycle })
  const userJoin = joinOf(givenUsers)
  const users = checkedUsers(givenUsers, userJoin !== null)
  const embedded = asEmbedded(users)
  const migrations = chooseMigrations({
    embeddedUsers: embedded !== null,
    oauth: options.oauth !== undefined,
    throttle: options.throttle === 'database',
  })
  const migrator = createMigrator(database, migrations)

  // The doctor.
  const probes = createProbes(site, secret, counts)
  const doctor = createDoctor({
    site,
    environment: options.environment,
    startedBy,
    migrator,
    probes,
    oauth: options.oauth ? { api: options.api, paths: OAUTH_PATHS } : null,
    hasUnknownCallers: unknownAddresses.wereSeen,
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
  const { environment } = options
  const endsWithPassword = options.revokeOnPasswordChange
  const shared = {
    site,
    environment,
    secret,
    endsWithPassword,
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
  const profile = createProfile({
    kit,
    users,
    sections: [passwords.section, connection, ...(oauth ? [oauth.section] : [])],
  })
  const isOwnPath = createIsOwnPath(options.oauth?.appsPath ?? null)
  const pagesOfFeatures = [embedded?.pages(kit), oauth?.middleware].filter(pages => pages !== undefined)
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
  const sendError = createErrorSender({
    realm: site.name,
    metadataUrl: oauth?.metadataUrl ?? null,
    v1Prefixes,
    corsPrefixes,
  })

  // REST.
  const signInMethods = async (ctx: Context) => ({
    ...(await passwords.signInMethods(ctx)),
    ...oauth?.signInMethods(ctx),
  })
  const routes = indexRoutes(site, [...usersRoutes(site, users), ...passwords.restRoutes], signInMethods)
  const discoveryLink = `<${restUrl(site)}>; rel="https://api.w.org/"`

  const hasSite = async (user: User, id: string) =>
    (await sitesOf(site, users, user)).some(each => String(each.id) === id)

  /** If the user is gone already, the events carry only the id. */
  const stillOrGone = async (id: string | number) => (await users.find(checkUserId(id))) ?? deletedUser(id)

  return {
    users: givenUsers,
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
    require: (requirement = {}) => requireAuth(requirement, { sendError, scopes: oauth?.scopes ?? null, hasSite }),
    async verifyCredentials(login, password, ip) {
      // There is no request to judge by: your protocol is as secure as you make it.
      const unavailable = await availability.unavailableReason(true)
      if (unavailable) throw unavailable
      return verify(login, password, clientAddress(ip ?? ''))
    },
    passwordChanged: async id => lifecycle.passwordChanged(await stillOrGone(id)),
    userDeleted: async id => lifecycle.deleted(await stillOrGone(id)),
    renderProfileSection: profile.renderSection,
    discoveryLink,
    oauth: oauth?.api ?? null,
    async close() {
      await Promise.all([passwords.close(), oauth?.close(), counts.finished()])
      await hooks.settled()
    },
  }
}

/** Imports OAuth only if the option is set, so that other sites do not load it. */
async function loadOAuth(
  options: CheckedOAuth | undefined,
  parts: Omit<OAuthBuildParts, 'options'>,
): Promise<BuiltOAuth | null> {
  if (!options) return null
  const { buildOAuth } = await import('../oauth/build.ts')
  return buildOAuth({ options, ...parts })
}
