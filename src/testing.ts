import type { Knex } from 'knex'
import { createConnect } from './connect/connect.ts'
import type { Connect } from './connect/connect-types.ts'
import type { ConnectOptions } from './connect/options.ts'
import { randomToken } from './crypto/random-token.ts'
import type { OAuth } from './oauth/build.ts'
import type { OAuthOptions } from './oauth/options.ts'
import { PAGE_PATHS } from './pages/paths.ts'
import { issueAccessToken } from './testing/access-token.ts'
import { createBrowser } from './testing/browser.ts'
import { memoryDatabase, memoryUsers } from './testing/memory.ts'
import { refuseOutsideTests } from './testing/refuse-outside-tests.ts'
import { withSignedIn } from './testing/signed-in.ts'
import type { User, Users } from './users/user.ts'

/** Options of `createTestSite()`: those of `createConnect()`, all optional. The environment is always `local`. */
export interface TestSiteOptions<U extends Users = Users> extends Partial<Omit<ConnectOptions<U>, 'environment'>> {
  /** By default, an empty in-memory SQLite database. It uses `better-sqlite3` or `sqlite3`, whichever is installed. */
  knex?: Knex
  /** By default, the users that you pass to `signedInAs()` and the other functions. */
  users?: ConnectOptions<U>['users']
}

/** The object that `createTestSite()` returns. Each of its functions returns the headers of a request. */
export interface TestSite<U extends Users = Users, O extends OAuth | null = OAuth | null> {
  /** As `createConnect()` returns it, with its tables created. Pass it to your app. */
  connect: Connect<U, O>
  /**
   * Logs the user in. The headers are those of a browser: the cookie is enough for pages, the nonce is needed for the API.
   *
   * @example
   * await fetch(`${url}/api/posts`, { headers: await site.signedInAs(anna) })
   */
  signedInAs(user: User): Promise<{ cookie: string; 'x-wp-nonce': string }>
  /**
   * Creates an application password for the user.
   *
   * @param name name of the application password; `Test` by default
   */
  withApplicationPassword(user: User, name?: string): Promise<{ authorization: string }>
  /**
   * Registers an application and authorizes it for the user, through the whole OAuth flow. The site must have the option
   * `oauth`.
   *
   * @param scopes scopes of the option `oauth`, `auth` or `global`; by default, the site's default scopes
   */
  withAccessToken(user: User, scopes?: readonly string[]): Promise<{ authorization: string }>
  /** Writes pending data, and closes the in-memory database. */
  close(): Promise<void>
}

/**
 * Creates a site for your own tests, where any user can be logged in without a password. Its credentials are real and are
 * checked as in production: no check is bypassed.
 *
 * @throws Error outside of tests, that is without `NODE_ENV=test` or Node's own test runner
 * @example
 * const site = await createTestSite({ oauth: { scopes: { posts: 'View and manage posts' } } })
 * const app = createApp(site.connect)
 * const answer = await fetch(`${url}/api/posts`, { headers: await site.withApplicationPassword({ id: 7, login: 'anna' }) })
 */
export async function createTestSite<U extends Users = Users>(
  options: TestSiteOptions<U> & { oauth: OAuthOptions },
): Promise<TestSite<U, OAuth>>
export async function createTestSite<U extends Users = Users>(options?: TestSiteOptions<U>): Promise<TestSite<U>>
export async function createTestSite<U extends Users = Users>(options: TestSiteOptions<U> = {}): Promise<TestSite<U>> {
  refuseOutsideTests()
  const people = new Map<string, User>()
  const signedIn = withSignedIn<U>(options.users ?? (memoryUsers(people) as U))
  const knex = options.knex ?? (await memoryDatabase())
  const site = options.site ?? { url: 'http://localhost', name: 'Test' }
  const connect = await createConnect<U>({
    secret: randomToken(),
    ...options,
    site,
    knex,
    users: signedIn.users,
    environment: 'local',
  })
  await connect.migrate()

  async function known(user: User): Promise<User> {
    if (!options.users) people.set(String(user.id), user)
    const found = await connect.users.find(String(user.id))
    if (!found) throw new Error(`createTestSite: users.find() returned no user ${user.id}; create the user first`)
    return found
  }

  async function browserOf(user: User) {
    const browser = createBrowser(connect, site.url, signedIn.cookie(await known(user)))
    const { body } = await browser.get(`${PAGE_PATHS.ajax}?action=rest-nonce`)
    return { browser, nonce: String(body) }
  }

  return {
    connect,
    async signedInAs(user) {
      const { browser, nonce } = await browserOf(user)
      return { cookie: browser.cookie(), 'x-wp-nonce': nonce }
    },
    async withApplicationPassword(user, name = 'Test') {
      const { login } = await known(user)
      const { password } = await connect.applicationPasswords.create(user, name)
      return { authorization: `Basic ${Buffer.from(`${login}:${password}`).toString('base64')}` }
    },
    async withAccessToken(user, scopes) {
      const { browser } = await browserOf(user)
      return { authorization: `Bearer ${await issueAccessToken(connect, browser, scopes)}` }
    },
    async close() {
      await connect.close()
      if (!options.knex) await knex.destroy()
    },
  }
}
