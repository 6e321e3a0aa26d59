import { connectApplicationPasswords } from '../application-passwords/build.ts'
import { createAuthentication, REST_NONCE } from '../authentication/authentication.ts'
import { requireAuth } from '../authentication/require.ts'
import { loadFastHash } from '../crypto/fast-hash.ts'
import { deriveKey } from '../crypto/keys.ts'
import { createFormTokens } from '../csrf/form-tokens.ts'
import { createNonces } from '../csrf/nonces.ts'
import { createDatabase } from '../database/database.ts'
import { createMigrator } from '../database/migrator.ts'
import { createCheckConnection } from '../doctor/check-connection.ts'
import { createCheckLimit } from '../doctor/check-limit.ts'
import { createDoctor } from '../doctor/doctor.ts'
import type { StartedBy } from '../doctor/facts.ts'
import { createProbes } from '../doctor/probes.ts'
import { broughtBy, joinOf } from '../embedded-users/internals.ts'
import { createHooks } from '../hooks/hooks.ts'
import { clientAddress } from '../http/address.ts'
import { createCookies } from '../http/cookies.ts'
import type { OAuth, OAuthNeeds, OAuthParts } from '../oauth/build.ts'
import type { OAuthOptions } from '../oauth/options.ts'
import { createPageKit } from '../pages/kit.ts'
import { createLook } from '../pages/look.ts'
import { pageRoutes } from '../pages/routes.ts'
import { createRefusals } from '../rest/errors.ts'
import { indexRoutes } from '../rest/routes/rest-index.ts'
import { usersRoutes } from '../rest/routes/users.ts'
import { REST_PREFIX, REST_V1_PREFIXES, restUrl } from '../rest/url.ts'
import { createCounts } from '../throttle/create-counts.ts'
import { type CreateThrottle, createThrottle } from '../throttle/throttle.ts'
import { createUnknownAddresses } from '../throttle/unknown-address.ts'
import { createUserChanges } from '../users/changes.ts'
import { checkedUsers } from '../users/checked-users.ts'
import { createUserLifecycle, goneUser } from '../users/lifecycle.ts'
import { sitesOf } from '../users/sites.ts'
import { checkUserId, type User, type Users } from '../users/user.ts'
import { buildUsers } from './build-users.ts'
import { chooseMigrations } from './choose-migrations.ts'
import type { Connect } from './connect-types.ts'
import { createMiddleware } from './middleware.ts'
import { type CheckedOptions, type ConnectOptions, checkOptions } from './options.ts'
import { createMayBeOurs } from './own-paths.ts'

/**
 * Builds the package for one site: application passwords, with `oauth` connected apps too, their pages, their REST API, and the
 * check of requests.
 *
 * @throws OptionsError that names a bad option, what was given and what is expected
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

/** The same, and says by what the site was started: the doctor advises people who set environment variables otherwise. */
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

  // Rows and rules.
  const hooks = createHooks()
  const database = createDatabase(options.knex, options.tablePrefix)
  const cookies = createCookies(site.url)
  const counts = createCounts(options.throttle, database, deriveKey(secret, 'throttle'), hooks.report)
  const unknownAddresses = createUnknownAddresses(hooks.report)
  const throttle: CreateThrottle = (name, limits) => createThrottle(name, limits, counts, unknownAddresses.note)
  const changes = createUserChanges(database)
  const lifecycle = createUserLifecycle(database, changes)
  const givenUsers = buildUsers(given.users, { site, secret, database, cookies, throttle, lifecycle })
  const users = checkedUsers(givenUsers)
  const brought = broughtBy(users)
  const userJoin = joinOf(users)
  const migrations = chooseMigrations({
    ofUsers: brought?.migrations ?? [],
    oauth: options.oauth !== undefined,
    throttle: options.throttle === 'database',
  })
  const migrator = createMigrator(database, migrations)

  // Whether it all works.
  const probes = createProbes(site, secret, counts)
  const doctor = createDoctor({
    site,
    environment: options.environment,
    startedBy,
    secret,
    database,
    migrator,
    probes,
    oauthApi: options.oauth ? options.api : null,
    hasUnknownCallers: unknownAddresses.wereSeen,
  })
  const checkConnection = createCheckConnection({ site, doctor, probes, countCheck: createCheckLimit(counts) })

  // Application passwords, OAuth where the site has it, and the pages.
  const formTokens = createFormTokens(createNonces(secret), cookies)
  const kit = createPageKit(site, users, formTokens, createLook(options))
  const v1Prefixes = options.oauth ? REST_V1_PREFIXES : []
  const prefixes = [REST_PREFIX, ...options.api, ...v1Prefixes]
  const shared = { users, userJoin, hooks, database, changes, lifecycle, kit }
  const passwords = connectApplicationPasswords({ ...shared, options, throttle, checkConnection })
  const { availability, verify } = passwords
  const oauth = await loadOAuth(options, { ...shared, counts, prefixes })
  const mayBeOurs = createMayBeOurs(options.oauth?.appsPath ?? null)
  const ownPages = { ...passwords.pages, ...(oauth && { oauth: oauth.middleware }) }
  const pages = pageRoutes(kit, users, ownPages, mayBeOurs)

  // Who is calling.
  const authentication = createAuthentication({
    verifyApplicationPassword: verify,
    oauth,
    availability,
    users,
    formTokens,
  })
  const corsPrefixes = options.cors ? options.api : []
  const refuse = createRefusals({ realm: site.name, metadataUrl: oauth?.metadataUrl ?? null, v1Prefixes, corsPrefixes })

  // REST.
  const ownRoutes = [...usersRoutes(site, users), ...passwords.restRoutes]
  const routes = indexRoutes(site, availability, ownRoutes, oauth?.authentication ?? null)
  const discoveryLink = `<${restUrl(site)}>; rel="https://api.w.org/"`

  const hasSite = async (user: User, id: string) =>
    (await sitesOf(site, users, user)).some(each => String(each.id) === id)

  /** Of a user who is gone already, what tells of them has the id only. */
  const stillOrGone = async (id: string | number) => (await users.find(checkUserId(id))) ?? goneUser(id)

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
      mayBeOurs,
      authentication,
      refuse,
      probes,
      routes,
      restV1Routes: oauth?.restV1Routes ?? null,
      api: options.api,
      corsPrefixes,
      restPrefixes: [REST_PREFIX, ...v1Prefixes],
      discoveryLink,
      freshNonce: (ctx, user) => formTokens.create(ctx, user, REST_NONCE),
    }),
    require: (requirement = {}) => requireAuth(requirement, { refuse, scopes: oauth?.scopes ?? null, hasSite }),
    async verifyCredentials(login, password, ip) {
      // There is no request to judge by: the host's own protocol is as safe as the host says.
      const refusal = await availability.refusal(true)
      if (refusal) throw refusal
      return verify(login, password, clientAddress(ip ?? ''))
    },
    userChanged: async id => lifecycle.passwordChanged(await stillOrGone(id)),
    userDeleted: async id => lifecycle.deleted(await stillOrGone(id)),
    renderProfileSection: passwords.renderProfileSection,
    discoveryLink,
    oauth: oauth?.api ?? null,
    async close() {
      await Promise.all([passwords.close(), oauth?.close(), counts.finished()])
    },
  }
}

/** Imported only where it is set: a site without OAuth pays nothing for it. */
async function loadOAuth(options: CheckedOptions, parts: Omit<OAuthNeeds, 'options'>): Promise<OAuthParts | null> {
  const { oauth } = options
  if (!oauth) return null
  const { createOAuth } = await import('../oauth/build.ts')
  return createOAuth({ options: { ...options, oauth }, ...parts })
}
