import type { Context, Middleware } from 'koa'
import type { ApplicationPasswords } from '../application-passwords/application-passwords-types.ts'
import type { ApplicationPasswordAuth } from '../authentication/auth.ts'
import type { Requirement } from '../authentication/require.ts'
import type { Content } from '../content/content.ts'
import type { LocalizedCheckResult } from '../doctor/check.ts'
import type { OAuth } from '../oauth/build.ts'
import type { User, Users } from '../users/user.ts'
import type { Events, Filters } from './events.ts'

/** The object that `createConnect()` returns. */
export interface Connect<U extends Users = Users, O extends OAuth | null = OAuth | null> {
  /** The option `users`, built. With `embeddedUsers()`, `connect.users.accounts` creates and changes users. */
  users: U
  /** The option `content`, built, for pages of yours that show it. Null without the option. */
  content: Content | null
  /**
   * Creates, lists, renames and revokes application passwords from your own code. No permissions are checked here: your
   * code decides who may do this.
   */
  applicationPasswords: ApplicationPasswords
  /**
   * Registers a listener. Returns a function that removes it.
   *
   * @throws OptionsError for an unknown event name
   * @example
   * connect.on('application-password-created', ({ user, applicationPassword }) => mail(user, applicationPassword.name))
   */
  on<E extends keyof Events>(name: E, listener: (event: Events[E]) => void | Promise<void>): () => void
  /**
   * Registers a filter, which takes part in a decision. Returns a function that removes it.
   *
   * @throws OptionsError for an unknown filter name
   * @example
   * connect.filter('application-password-match', (matches, { ip }) => matches && isOfficeAddress(ip))
   */
  filter<F extends keyof Filters>(
    name: F,
    filter: (
      value: Filters[F]['value'],
      details: Filters[F]['details'],
    ) => Filters[F]['value'] | Promise<Filters[F]['value']>,
  ): () => void

  /**
   * Creates or updates the package's tables. Migrations that ran are recorded in a table of the package, separate from your
   * own migrations. Returns the names of the migrations that ran now.
   */
  migrate(): Promise<string[]>
  /** Drops the package's tables **and all their data**. Returns the names of the migrations rolled back. */
  migrateDown(): Promise<string[]>
  /**
   * Checks whether clients can reach the site and whether their credentials arrive. The site sends requests to itself at
   * `site.url` and waits 3 seconds at most. So it must be listening, in this process or another.
   *
   * @returns one result per check. A failed check is a result, not an error
   * @example
   * for (const { status, message, advice } of await connect.doctor())
   *   if (status !== 'ok') console.warn(message, advice)
   */
  doctor(): Promise<LocalizedCheckResult[]>

  /** All parts in the right order: `pages()`, `authenticate()`, `rest()`. Mount it before your own routes. */
  middleware(): Middleware
  /**
   * The pages under `/wp-admin/` and the pages of embedded users. With `oauth`, also the OAuth endpoints and metadata, the
   * consent page, Connected Apps and `/apps`.
   */
  pages(): Middleware
  /**
   * Authenticates requests under `/wp-json` and the prefixes of the option `api`, and with `oauth` under `/rest/v1` too.
   * Basic credentials, a Bearer token (with `oauth`) or the site's session with a nonce set `ctx.state.auth`. Wrong
   * credentials are answered here with 401.
   */
  authenticate(): Middleware
  /**
   * WordPress's REST routes under `/wp-json`, and with `oauth` WordPress.com's under `/rest/v1`. A request that matches
   * none of them goes on to your routes. Mount it after `authenticate()`.
   */
  rest(): Middleware
  /**
   * Guards one of your routes. A caller without credentials gets 401 `rest_not_logged_in`. A token without the scope gets
   * 403 `insufficient_scope`.
   *
   * @throws OptionsError for an unknown scope or a bad requirement, when the route is defined
   * @example
   * router.get('/api/posts', connect.require({ scope: 'posts' }), listPosts)
   */
  require(requirement?: Requirement): Middleware

  /**
   * Checks a login or email address and an application password, for your own protocols.
   *
   * @param login login or email address, in any letter case
   * @param password the application password; only its letters and digits count
   * @param ip the caller's address as text, such as `203.0.113.7`. It is shown to the user as "Last IP", and failed
   * attempts are counted by it. Pass null if there is none; text that is not an IP address counts as null
   * @returns the value that `ctx.state.auth` would have
   * @throws ConnectError `incorrect_password`, `too_many_attempts` (with Retry-After), `application_passwords_disabled`
   * @example
   * const { user } = await connect.verifyCredentials(login, password, socket.remoteAddress ?? null)
   */
  verifyCredentials(login: string, password: string, ip: string | null): Promise<ApplicationPasswordAuth>

  /**
   * Call this after a user's account password was changed, or reset because another person may have known it. It ends the
   * sessions of embedded users. Application passwords and connected apps stay, unless the option `revokeOnPasswordChange`
   * is set. Your own sessions are yours to end. `accounts.update()` of `embeddedUsers()` calls it for you.
   *
   * @param id as in {@link User}
   * @throws ConnectError `database_unavailable`: nothing was done; call it again
   * @example
   * await savePassword(user.id, password)
   * await connect.passwordChanged(user.id)
   */
  passwordChanged(id: string | number): Promise<void>
  /**
   * Call this after a user was deleted. It deletes the user's application passwords, grants, tokens and embedded sessions
   * in one transaction, and emits the same events as any other revocation. Call it after the user is gone, so that no new
   * ones can be created meanwhile, and outside of a transaction of yours. A second call does no harm. `accounts.delete()`
   * of `embeddedUsers()` calls it for you.
   *
   * @param id as in {@link User}
   * @throws ConnectError `database_unavailable`: nothing was done; call it again
   * @example
   * await deletePerson(person.id)
   * await connect.userDeleted(person.id)
   */
  userDeleted(id: string | number): Promise<void>

  /**
   * Returns the Application Passwords section of the logged-in user as HTML, for a page of yours. It includes stylesheets,
   * a script, and forms that post to the package's pages. Your page's Content-Security-Policy must allow `'self'` for
   * `style-src`, `script-src`, `connect-src` and `form-action`. The section holds form tokens: forbid caching of the page,
   * and let no script of another origin read it.
   *
   * @throws ConnectError `rest_not_logged_in` if no user is logged in; `not_allowed` for a user who may not see their own
   * application passwords
   * @example
   * router.get('/account', async ctx => {
   *   ctx.set('Cache-Control', 'no-store')
   *   ctx.body = accountPage(await connect.renderProfileSection(ctx))
   * })
   */
  renderProfileSection(ctx: Context): Promise<string>

  /** The value of the `Link` header by which clients discover the REST API. Send it with the site's home page. */
  discoveryLink: string

  /** Clients, connected apps and keys. Null without the option `oauth`. */
  oauth: O

  /**
   * Writes pending data, such as last-used times, and waits for running listeners, for 5 seconds at most. Call it before you
   * destroy your Knex instance.
   */
  close(): Promise<void>
}
