import type { Context, Middleware } from 'koa'
import type { ApplicationPasswords } from '../application-passwords/application-passwords.ts'
import type { ApplicationPasswordAuth } from '../authentication/auth.ts'
import type { Requirement } from '../authentication/require.ts'
import type { LocalizedCheckResult } from '../doctor/check.ts'
import type { OAuth } from '../oauth/build.ts'
import type { User, Users } from '../users/user.ts'
import type { Events, Filters } from './events.ts'

/** What `createConnect()` answers. */
export interface Connect<U extends Users = Users, O extends OAuth | null = OAuth | null> {
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
  on<E extends keyof Events>(name: E, listener: (event: Events[E]) => void | Promise<void>): () => void
  /**
   * Takes part in a decision; answers a function that ends it.
   *
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

  /** Brings the package's tables up to date, in a bookkeeping table of their own. Answers the names of what ran. */
  migrate(): Promise<string[]>
  /** Takes the package's tables away, **with all that is in them**. Answers the names of what was undone. */
  migrateDown(): Promise<string[]>
  /**
   * Looks whether clients can reach the site and their credentials arrive: the site calls itself at `site.url`, for 3 seconds
   * at most. So it must be listening, in this process or another.
   *
   * @returns what was found, one for each check; a failure is a finding, not an error
   * @example
   * for (const { status, message, advice } of await connect.doctor())
   *   if (status !== 'ok') console.warn(message, advice)
   */
  doctor(): Promise<LocalizedCheckResult[]>

  /** Everything, in the right order: `pages()`, `authenticate()`, `rest()`. Mount it before the host's own routes. */
  middleware(): Middleware
  /**
   * The pages under `/wp-admin/`, and those that `users` brings along; with `oauth` its endpoints and metadata, the consent
   * page, Connected Apps and `/apps`.
   */
  pages(): Middleware
  /**
   * Under `/wp-json` and the prefixes of the option `api`: Basic credentials, a Bearer token (with `oauth`, and then under
   * `/rest/v1` too), or the site's log-in with a nonce, become `ctx.state.auth`. Wrong credentials are answered 401 here.
   */
  authenticate(): Middleware
  /**
   * WordPress's REST routes under `/wp-json`, and with `oauth` WordPress.com's under `/rest/v1`; what matches none of them
   * goes on to the host. After `authenticate()`.
   */
  rest(): Middleware
  /**
   * Guards a route of the host's: nobody gets 401 `rest_not_logged_in`, a token that does not allow it 403
   * `insufficient_scope`.
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
   * @param ip as text, such as `203.0.113.7`; shown to the user as "Last IP", and failed attempts are counted by it;
   *   null for none, as is what is no address
   * @returns what `ctx.state.auth` would be
   * @throws ConnectError `incorrect_password`, `too_many_attempts` (with Retry-After), `application_passwords_disabled`
   * @example
   * const { user } = await connect.verifyCredentials(login, password, socket.remoteAddress ?? null)
   */
  verifyCredentials(login: string, password: string, ip: string | null): Promise<ApplicationPasswordAuth>

  /**
   * Tells that a user's account password was changed, or set anew because somebody else may have had it. Log-in sessions of
   * the package's own end; application passwords and connected apps stay, unless the option `revokeOnPasswordChange` says
   * otherwise. Sessions of the host's own are the host's to end. `accounts.update()` of `embeddedUsers()` calls it by itself.
   *
   * @param id as in {@link User}
   * @throws ConnectError `database_unavailable`: nothing was done; call it again
   * @example
   * await savePassword(user.id, password)
   * await connect.passwordChanged(user.id)
   */
  passwordChanged(id: string | number): Promise<void>
  /**
   * Tells that a user was deleted: all of their application passwords, grants, tokens and log-in sessions of the package's own
   * go, all or nothing, and listeners hear of each as of any other end. Call it after the user is gone, so that nobody makes
   * new ones meanwhile, and outside of a transaction of yours; twice does no harm. `accounts.delete()` of `embeddedUsers()`
   * calls it by itself.
   *
   * @param id as in {@link User}
   * @throws ConnectError `database_unavailable`: nothing was done; call it again
   * @example
   * await deletePerson(person.id)
   * await connect.userDeleted(person.id)
   */
  userDeleted(id: string | number): Promise<void>

  /**
   * The Application Passwords section of whoever is logged in, as HTML, for a page of the host's own: with its stylesheets,
   * its script, and forms that lead to the package's pages. That page's Content-Security-Policy must allow `'self'` for
   * `style-src`, `script-src`, `connect-src` and `form-action`; the section holds form tokens, so let nobody cache the page,
   * nor a script of another origin read it.
   *
   * @throws ConnectError `rest_not_logged_in` for nobody; `not_allowed` for a user who may not see their own
   * @example
   * router.get('/account', async ctx => {
   *   ctx.set('Cache-Control', 'no-store')
   *   ctx.body = accountPage(await connect.renderProfileSection(ctx))
   * })
   */
  renderProfileSection(ctx: Context): Promise<string>

  /** The `Link` header by which clients find the REST API: send it with the site's home page. */
  discoveryLink: string

  /** Clients, connected apps and keys; null without the option `oauth`. */
  oauth: O

  /** Writes what is pending, such as last uses. Call it before the host destroys its Knex. */
  close(): Promise<void>
}
