import type { Middleware } from 'koa'
import compose from 'koa-compose'
import { createApplicationPasswords } from './application-passwords/application-passwords.ts'
import { authorizePage } from './application-passwords/authorize-page.ts'
import { createAvailability } from './application-passwords/availability.ts'
import { argon2id, generic } from './application-passwords/hash.ts'
import { createLastUse } from './application-passwords/last-use.ts'
import { createPermission } from './application-passwords/permission.ts'
import { profilePage } from './application-passwords/profile-page.ts'
import { applicationPasswordRoutes } from './application-passwords/rest.ts'
import { createRows } from './application-passwords/rows.ts'
import { createVerifier } from './application-passwords/verify.ts'
import { createAuthentication, REST_NONCE } from './authentication/authentication.ts'
import { createFormTokens } from './authentication/form-tokens.ts'
import { deriveKey } from './authentication/keys.ts'
import { authenticate, type Requirement, requireAuth } from './authentication/middleware.ts'
import { createNonces } from './authentication/nonce.ts'
import { API_LIMITS, createThrottle } from './authentication/throttle.ts'
import { createDatabase } from './database/database.ts'
import { createMigrator } from './database/migrations.ts'
import { createHooks } from './hooks.ts'
import { applicationPasswords as applicationPasswordsTable } from './migrations/0001-application-passwords.ts'
import { type ConnectOptions, checkOptions } from './options.ts'
import { createCookies } from './pages/cookies.ts'
import { createPageKit } from './pages/kit.ts'
import { pageRoutes } from './pages/routes.ts'
import { usersRoutes } from './users/rest.ts'
import { loadFastHash } from './wordpress/fast-hash.ts'
import { REST_PREFIX, rest } from './wordpress/rest.ts'
import { setRestHeaders } from './wordpress/rest-headers.ts'
import { indexRoutes } from './wordpress/rest-index.ts'
import { restRoute } from './wordpress/rest-route-query.ts'

/** What `createConnect()` answers. */
export type Connect = Awaited<ReturnType<typeof createConnect>>

/**
 * Builds the package for one site: application passwords, their pages, their REST API, and the check of requests.
 *
 * @throws OptionsError that names a bad option, what was given and what is expected
 * @example
 * const connect = await createConnect({ knex, site: { url: 'https://example.com', name: 'Example' }, secret, users })
 * await connect.migrate()
 * app.use(connect.middleware())
 * router.get('/api/posts', connect.require(), ctx => { ctx.body = postsOf(ctx.state.auth.user) })
 */
export async function createConnect(given: ConnectOptions) {
  const options = checkOptions(given)
  const { site, users, secret } = options
  await loadFastHash()

  // Rows and rules.
  const hooks = createHooks()
  const database = createDatabase(options.knex, options.tablePrefix)
  const migrator = createMigrator(database, [applicationPasswordsTable, ...(users.migrations ?? [])])
  const rows = createRows(database)
  const lastUse = createLastUse(rows, hooks.report)
  const scheme = options.applicationPasswords.hash === 'argon2id' ? argon2id(deriveKey(secret, 'lookup')) : generic
  const applicationPasswords = createApplicationPasswords(rows, lastUse, scheme, hooks)
  const availability = createAvailability(options.environment, hooks)

  // Who is calling.
  const formTokens = createFormTokens(createNonces(secret), createCookies(site.url))
  const authentication = createAuthentication({
    verifyApplicationPassword: createVerifier(rows, lastUse, scheme, users, hooks),
    availability,
    users,
    formTokens,
    throttle: createThrottle(API_LIMITS),
    hooks,
  })

  // REST and pages.
  const permission = createPermission(users, availability, options.applicationPasswords)
  const kit = createPageKit(site, users, formTokens)
  const routes = indexRoutes(site, availability, [
    ...usersRoutes(site),
    ...applicationPasswordRoutes(site, applicationPasswords, permission),
  ])
  const pages = pageRoutes(kit, users, {
    profile: profilePage(kit, applicationPasswords, availability, users),
    authorizeApplication: authorizePage(kit, applicationPasswords, availability, options.environment),
  })
  const restUrl = `${site.url}${REST_PREFIX}/`

  const connect = {
    /** Issue, list, rename and revoke, for the host's own code. */
    applicationPasswords,
    /** Listens to an event; answers a function that ends it. */
    on: hooks.on,
    /** Takes part in a decision; answers a function that ends it. */
    filter: hooks.filter,

    /** Brings the package's tables up to date, in a bookkeeping table of their own. Answers what ran. */
    migrate: migrator.up,
    /** Takes the package's tables away, with all that is in them. Answers what was undone. */
    rollback: migrator.down,

    /** Everything, in the right order. */
    middleware: (): Middleware => compose([connect.pages(), connect.authenticate(), connect.rest()]),
    /** The pages under `/wp-admin/`, and those that `users` brings along. */
    pages: (): Middleware => pages,
    /** On the paths of the option `api`: Basic credentials, or the site's log-in with a nonce -> `ctx.state.auth`. */
    authenticate: (): Middleware =>
      compose([restRoute, setRestHeaders(restUrl), authenticate(authentication, options.api, site.name)]),
    /** WordPress's REST routes under `/wp-json`; what matches none of them goes on to the host. */
    rest: (): Middleware => rest(routes, site.name, (ctx, user) => formTokens.create(ctx, user, REST_NONCE)),
    /** Guards a route of the host's: nobody gets 401. */
    require: (requirement: Requirement = {}): Middleware => requireAuth(requirement, site.name),

    /**
     * Checks a login or e-mail address and an application password, for hosts' own protocols.
     *
     * @param ip shown to the user as "Last IP"; failed attempts are counted by it
     * @throws ConnectError `incorrect_password`, `application_passwords_disabled_for_user`, `too_many_attempts`
     */
    verifyCredentials: authentication.verifyCredentials,

    /** The header by which clients find the REST API: set it on the site's home page. */
    discoveryLink: `<${restUrl}>; rel="https://api.w.org/"`,

    /** Writes what is pending, such as last uses. Call it before the host destroys its Knex. */
    close: (): Promise<void> => lastUse.flush(),
  }
  return connect
}
