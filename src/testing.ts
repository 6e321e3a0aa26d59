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

/** Options of `createTestSite()`: those of `createConnect()`, none of which has to be given. */
export interface TestSiteOptions<U extends Users = Users> extends Partial<Omit<ConnectOptions<U>, 'environment'>> {
  /** An empty SQLite database in memory if absent, by `better-sqlite3` or `sqlite3`, whichever is installed. */
  knex?: Knex
  /** If absent, whoever `signedInAs()` and the others are given. */
  users?: ConnectOptions<U>['users']
}

/** What `createTestSite()` answers. Each function answers the headers of a request. */
export interface TestSite<U extends Users = Users, O extends OAuth | null = OAuth | null> {
  /** As `createConnect()` makes it, with its tables. Hand it to your app. */
  connect: Connect<U, O>
  /**
   * A browser where this user is logged in: good for pages, and with its nonce for the API.
   *
   * @example
   * await fetch(`${url}/api/posts`, { headers: await site.signedInAs(anna) })
   */
  signedInAs(user: User): Promise<{ cookie: string; 'x-wp-nonce': string }>
  /**
   * A script that has an application password of this user, made just now.
   *
   * @param name of the application password; `Test` if absent
   */
  withApplicationPassword(user: User, name?: string): Promise<{ authorization: string }>
  /**
   * An application that this user let in, by the whole of OAuth, just now. The site must have the option `oauth`.
   *
   * @param scopes those of the option `oauth`, `auth` or `global`; the site's default ones if absent
   */
  withAccessToken(user: User, scopes?: readonly string[]): Promise<{ authorization: string }>
  /** Writes what is pending, and lets go of the database in memory. */
  close(): Promise<void>
}

/**
 * A site for a host's own tests, where anybody can be signed in without a password. What it hands out are real credentials,
 * which are checked as in production: it opens no way around.
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
    if (!found) throw new Error(`createTestSite: your users.find() knows no user ${user.id}; make them first`)
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
