/**
 * A host that uses all of the public API, and nothing else. It is compiled as strictly as the source, by `npm run types`
 * against the source and by .ci/package against the declarations that are published.
 */
import Koa, { type Context, type Middleware } from 'koa'
import {
  type Access,
  type AccessTokenAuth,
  type Action,
  type ApplicationPassword,
  type ApplicationPasswordAuth,
  type Auth,
  type Client,
  type ClientDetails,
  type Connect,
  ConnectError,
  type ConnectedApp,
  type ConnectOptions,
  createConnect,
  type EmbeddedUsers,
  type ErrorCode,
  embeddedUsers,
  type Filters,
  type Grant,
  type OAuth,
  type OAuthOptions,
  OptionsError,
  type PagesOptions,
  type PortableApplicationPassword,
  type Requirement,
  type SessionAuth,
  type SiteOptions,
  type User,
  type UserSite,
  type Users,
} from 'koa-wp-connect'
import { connectMigrations, type MigrationsConfig } from 'koa-wp-connect/migrations'
import { createTestSite, type TestSite } from 'koa-wp-connect/testing'
import { readWordPress } from 'koa-wp-connect/transfer'

type Knex = ConnectOptions['knex']

class People implements Users {
  readonly #all = new Map<string, User>()

  async current(ctx: Context): Promise<User | null> {
    return this.find(ctx.cookies.get('person') ?? '')
  }
  async find(id: string): Promise<User | null> {
    return this.#all.get(id) ?? null
  }
  findByLogin = this.find
  loginUrl = (returnTo: string): string => `/login?next=${encodeURIComponent(returnTo)}`
  can = (user: User, action: Action, target: User): boolean => user.id === target.id && action !== 'edit_app_password'
  sites = (user: User): readonly UserSite[] => [{ id: user.id, url: 'https://one.example', name: 'One' }]
}

const site: SiteOptions = { url: 'https://example.com', name: 'Example' }
const oauth: OAuthOptions = { scopes: { posts: 'View and manage posts' } }

const pages: PagesOptions = {
  stylesheet: '/site.css',
  languages: { ar: { 'profile.title': 'الملف الشخصي' }, en: { 'profile.title': 'Your profile' } },
  language: ctx => ctx.cookies.get('language'),
}

/** The smallest set of options: none of the others has to be there, not even as `undefined`. */
export const ownUsers = (knex: Knex, secret: string): Promise<Connect<People>> =>
  createConnect({ knex, site, secret, users: new People() })

export async function packagesUsers(knex: Knex, secret: string): Promise<Connect<EmbeddedUsers, OAuth>> {
  const connect = await createConnect({
    knex,
    site,
    secret,
    users: embeddedUsers(),
    oauth,
    pages,
    revokeOnPasswordChange: true,
  })
  const sam: User = await connect.users.accounts.create('sam', 'password', { email: 'sam@example.com' })
  await connect.users.accounts.update(String(sam.id), { password: 'another one' })
  return connect
}

/** Without the option `oauth` it may be absent, and the compiler says so. */
export async function appsOf({ oauth }: Connect, user: User): Promise<readonly [ConnectedApp, Access][]> {
  const apps = (await oauth?.connectedApps.list(user)) ?? []
  return apps.map(app => [app, app.access] as const)
}

export async function register({ oauth }: Connect<EmbeddedUsers, OAuth>, details: ClientDetails): Promise<Client> {
  const { client, secret } = await oauth.clients.create(details)
  const changed = await oauth.clients.update(client.clientId, { name: secret === null ? 'Native' : 'Web' })
  return changed
}

export async function lifeOfAPassword(connect: Connect, user: User): Promise<ApplicationPassword[]> {
  const { applicationPassword, password } = await connect.applicationPasswords.create(user, 'Zapier')
  const { uuid }: ApplicationPassword = applicationPassword
  const auth: ApplicationPasswordAuth = await connect.verifyCredentials(user.login, password, null)
  await connect.applicationPasswords.rename(auth.user, uuid, 'Zap')
  await connect.applicationPasswords.revoke(user, uuid)
  await connect.passwordChanged(user.id)
  await connect.userDeleted(user.id)
  return connect.applicationPasswords.list(user)
}

export function listen(connect: Connect, log: (line: string) => void): () => void {
  const offs = [
    connect.on('application-password-created', ({ user, applicationPassword }) =>
      log(`${user.email ?? ''} ${applicationPassword.lastIp ?? ''}`),
    ),
    connect.on('oauth-authorized', ({ grant }: { grant: Grant }) => log(grant.scopes.join(' '))),
    connect.on('error', async ({ error }) => log(error instanceof OptionsError ? error.code : String(error))),
    connect.filter('application-password-match', (allowed: Filters['application-password-match']['value'], { ip }) =>
      Boolean(allowed && ip),
    ),
  ]
  return () => {
    for (const off of offs) off()
  }
}

function whoIs(auth: Auth): string {
  const byMethod = {
    'access-token': (each: AccessTokenAuth) => each.client.name,
    'application-password': (each: ApplicationPasswordAuth) => each.applicationPassword.name,
    session: (each: SessionAuth) => each.user.login,
  }
  if (auth.method === 'session') return byMethod.session(auth)
  return auth.method === 'access-token' ? byMethod['access-token'](auth) : byMethod['application-password'](auth)
}

/** As a Koa app mounts it, of whichever Koa is installed. */
export function createApp(connect: Connect): Koa {
  const app = new Koa()
  const requirement: Requirement = { scope: 'posts', site: ctx => ctx.get('X-Site') }
  const parts: Middleware[] = [connect.pages(), connect.authenticate(), connect.rest(), connect.require(requirement)]
  for (const part of parts) app.use(part)
  app.use(async (ctx, next) => {
    if (ctx.path !== '/account') return next()
    ctx.body = `<main>${await connect.renderProfileSection(ctx)}</main>`
  })
  app.use(ctx => {
    const { auth } = ctx.state
    ctx.append('Link', connect.discoveryLink)
    ctx.body = auth ? whoIs(auth) : 'nobody'
  })
  return app.use(connect.middleware())
}

export function codeOf(error: unknown): ErrorCode | null {
  return error instanceof ConnectError && error.status < 500 ? error.code : null
}

export async function takeFromWordPress(connect: Connect<EmbeddedUsers>, wordpress: Knex): Promise<number> {
  let taken = 0
  for await (const { login, applicationPasswords } of readWordPress({ knex: wordpress })) {
    const user = await connect.users.findByLogin(login)
    const portable: readonly PortableApplicationPassword[] = applicationPasswords
    if (user) taken += (await connect.applicationPasswords.import(user, portable)).imported
  }
  return taken
}

export const migrations: MigrationsConfig = connectMigrations({ oauth: true })

export async function inTests(): Promise<Record<string, string>[]> {
  const ann = { id: 'ann', login: 'ann' }
  const plain: TestSite = await createTestSite()
  const own: TestSite<People, OAuth> = await createTestSite({ users: new People(), oauth })
  await own.connect.oauth.deleteExpired()
  const headers = [
    await plain.signedInAs(ann),
    await plain.withApplicationPassword(ann),
    await own.withAccessToken(ann),
  ]
  await Promise.all([plain.close(), own.close()])
  return headers
}
