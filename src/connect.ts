import type { Middleware } from 'koa'
import compose from 'koa-compose'
import { type ApplicationPasswords, createApplicationPasswords } from './application-passwords/application-passwords.ts'
import { authorizePage } from './application-passwords/authorize-page.ts'
import { createAvailability } from './application-passwords/availability.ts'
import { argon2id, generic } from './application-passwords/hash.ts'
import { createLastUse } from './application-passwords/last-use.ts'
import { createPermission } from './application-passwords/permission.ts'
import { profilePage } from './application-passwords/profile-page.ts'
import { applicationPasswordRoutes } from './application-passwords/rest.ts'
import { createApplicationPasswordRows } from './application-passwords/rows.ts'
import { createVerifier, type VerifyApplicationPassword } from './application-passwords/verify.ts'
import { createAuthentication, REST_NONCE } from './authentication/authentication.ts'
import { authenticate, type Requirement, requireAuth } from './authentication/middleware.ts'
import { createNonces } from './authentication/nonce.ts'
import { API_LIMITS, createThrottle } from './authentication/throttle.ts'
import { createDatabase } from './database/database.ts'
import { createMigrator } from './database/migrations.ts'
import { loadFastHash } from './hashes/fast-hash.ts'
import { deriveKey } from './hashes/keys.ts'
import { createHooks, type Hooks } from './hooks.ts'
import { createCookies } from './http/cookies.ts'
import { applicationPasswordsTable } from './migrations/0001-application-passwords.ts'
import { type ConnectOptions, checkOptions } from './options.ts'
import { createFormTokens } from './pages/form-tokens.ts'
import { createPageKit } from './pages/kit.ts'
import { pageRoutes } from './pages/routes.ts'
import { broughtBy } from './users/brought-users.ts'
import { usersRoutes } from './users/rest.ts'
import type { Users } from './users/user.ts'
import { rest } from './wordpress/rest.ts'
import { setRestHeaders } from './wordpress/rest-headers.ts'
import { indexRoutes } from './wordpress/rest-index.ts'
import { REST_PREFIX, restUrl } from './wordpress/rest-url.ts'
import { rewriteRestRoute } from './wordpress/rewrite-rest-route.ts'

/** What `createConnect()` answers. */
export interface Connect<U extends Users = Users> {
  /** The option `users`, built: with `embeddedUsers()`, `connect.users.accounts` makes and changes users. */
  users: U
  /** Issue, list, rename and revoke, for the host's own code. Whether somebody may is the host's to decide then. */
  applicationPasswords: ApplicationPasswords
  /**
   * Listens to an event; answers a function that ends it.
   *
   * @example
   * connect.on('application-password-created', ({ user, applicationPassword }) => mail(user, applicationPassword.name))
   */
  on: Hooks['on']
  /**
   * Takes part in a decision; answers a function that ends it.
   *
   * @example
   * connect.filter('application-password-match', (matches, { ip }) => matches && isOfficeAddress(ip))
   */
  filter: Hooks['filter']

  /** Brings the package's tables up to date, in a bookkeeping table of their own. Answers the names of what ran. */
  migrate(): Promise<string[]>
  /** Takes the package's tables away, **with all that is in them**. Answers the names of what was undone. */
  migrateDown(): Promise<string[]>

  /** Everything, in the right order: `pages()`, `authenticate()`, `rest()`. Mount it before the host's own routes. */
  middleware(): Middleware
  /** The pages under `/wp-admin/`, and those that `users` brings along. */
  pages(): Middleware
  /**
   * Under `/wp-json` and the prefixes of the option `api`: Basic credentials, or the site's log-in with a nonce, become
   * `ctx.state.auth`. Wrong credentials are answered 401 here.
   */
  authenticate(): Middleware
  /** WordPress's REST routes under `/wp-json`; what matches none of them goes on to the host. After `authenticate()`. */
  rest(): Middleware
  /**
   * Guards a route of the host's: nobody gets 401 `rest_not_logged_in`.
   *
   * @example
   * router.get('/api/posts', connect.require({ scope: 'posts' }), listPosts)
   */
  require(requirement?: Requirement): Middleware

  /**
   * Checks a login or e-mail address and an application password, for hosts' own protocols.
   *
   * @param login user name or e-mail address, in any letter case
   * @param password anything but letters and digits is ignored
   * @param ip as text, such as `203.0.113.7`; shown to the user as "Last IP", and failed attempts are counted by it
   * @returns what `ctx.state.auth` would be
   * @throws ConnectError `incorrect_password`, `too_many_attempts` (with Retry-After), `application_passwords_disabled`
   * @example
   * const { user } = await connect.verifyCredentials(login, password, socket.remoteAddress ?? null)
   */
  verifyCredentials: VerifyApplicationPassword

  /** The `Link` header by which clients find the REST API: send it with the site's home page. */
  discoveryLink: string

  /** Writes what is pending, such as last uses. Call it before the host destroys its Knex. */
  close(): Promise<void>
}

/**
 * Builds the package for one site: application passwords, their pages, their REST API, and the check of requests.
 *
 * @throws OptionsError that names a bad option, what was given and what is expected
 * @example
 * const connect = await createConnect({
 *   knex,
 *   site: { url: 'https://example.com', name: 'Example' },
 *   secret: process.env.CONNECT_SECRET,
 *   users: embeddedUsers(),
 * })
 * await connect.migrate()
 * app.use(connect.middleware())
 */
export async function createConnect<U extends Users>(given: ConnectOptions<U>): Promise<Connect<U>> {
  const options = checkOptions(given)
  const { site, secret } = options
  await loadFastHash()

  // Rows and rules.
  const hooks = createHooks()
  const database = createDatabase(options.knex, options.tablePrefix)
  const cookies = createCookies(site.url)
  const users = typeof given.users === 'function' ? given.users({ site, database, cookies }) : given.users
  const brought = broughtBy(users)
  const migrator = createMigrator(database, [applicationPasswordsTable, ...(brought?.migrations ?? [])])
  const rows = createApplicationPasswordRows(database)
  const lastUse = createLastUse(rows, hooks.report)
  const scheme = options.applicationPasswords.hash === 'argon2id' ? argon2id(deriveKey(secret, 'lookup')) : generic
  const passwords = createApplicationPasswords(rows, lastUse, scheme, hooks)
  const availability = createAvailability(options.environment, hooks)
  const permission = createPermission(users, availability, options.applicationPasswords)

  // Who is calling.
  const throttle = createThrottle(API_LIMITS)
  const verify = createVerifier({ rows, lastUse, scheme, users, availability, throttle, hooks })
  const formTokens = createFormTokens(createNonces(secret), cookies)
  const authentication = createAuthentication({ verifyApplicationPassword: verify, availability, users, formTokens })

  // REST and pages.
  const routes = indexRoutes(site, availability, [
    ...usersRoutes(site),
    ...applicationPasswordRoutes({ site, users, passwords, permission, availability }),
  ])
  const kit = createPageKit(site, users, formTokens)
  const pages = pageRoutes(kit, users, {
    profile: profilePage({ kit, users, passwords, permission, availability }),
    authorizeApplication: authorizePage(kit, passwords, availability, options.environment),
  })
  const discoveryLink = `<${restUrl(site)}>; rel="https://api.w.org/"`

  const connect: Connect<U> = {
    users,
    applicationPasswords: passwords,
    on: hooks.on,
    filter: hooks.filter,
    migrate: migrator.up,
    migrateDown: migrator.down,
    middleware: () => compose([connect.pages(), connect.authenticate(), connect.rest()]),
    pages: () => pages,
    authenticate: () =>
      compose([
        rewriteRestRoute,
        setRestHeaders(discoveryLink),
        authenticate(authentication, [REST_PREFIX, ...options.api], site.name),
      ]),
    rest: () => rest(routes, site.name, (ctx, user) => formTokens.create(ctx, user, REST_NONCE)),
    require: (requirement = {}) => requireAuth(requirement, site.name),
    async verifyCredentials(login, password, ip) {
      // There is no request to judge by: the host's own protocol is as safe as the host says.
      const refusal = await availability.refusal(true)
      if (refusal) throw refusal
      return verify(login, password, ip)
    },
    discoveryLink,
    close: lastUse.flush,
  }
  return connect
}
