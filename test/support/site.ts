import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'
import type Koa from 'koa'
import { hashArgon2id } from '../../src/crypto/argon2id.ts'
import { createDatabase } from '../../src/database/database.ts'
import { createSessions, SESSION_SECONDS } from '../../src/embedded-users/sessions.ts'
import { readConfig } from '../../src/server/config.ts'
import { createSite, type ServedSite } from '../../src/server/site.ts'
import { Client } from './client.ts'
import { filledDatabase, freshDatabase } from './database.ts'
import { folderWith } from './folder.ts'

export interface TestSite extends ServedSite {
  url: string
  app: Koa
  server: Server
  databaseUrl: string
  /** A client with cookies of its own, in a session if a user is named. */
  client(login?: string): Promise<Client>
  /** The same, logged in by the form, with its slow hash. */
  logIn(login: string): Promise<Client>
}

export const PASSWORD = 'correct horse battery staple'
export const SECRET = 'a secret for tests only, 32 characters or more'

/** A real site over HTTP, as `npm start` runs it, with the users admin (administrator), ed (editor) and sam (subscriber). */
export async function startSite(
  t: ExecutionContext,
  env: Record<string, string> = {},
  { hasContent = true } = {},
): Promise<TestSite> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const config = readConfig({
    SITE_URL: url,
    SITE_NAME: 'Test Site',
    CONNECT_SECRET: SECRET,
    UPLOADS: await folderWith(t, {}),
    ...env,
    DATABASE_URL: env.DATABASE_URL ?? (await (env.CONNECT_SECRET ? freshDatabase(t) : filledDatabase(t, fill))),
  })
  const site = await createSite(config, { hasContent })
  await site.connect.migrate()
  // A second process on the database of a first one finds them there.
  if ((await site.accounts.count()) === 0) await createUsers(site)
  const app = site.createApp()
  app.silent = true
  server.on('request', app.callback())
  t.teardown(async () => {
    server.closeAllConnections()
    await new Promise(resolve => server.close(resolve))
    await site.close()
  })
  return {
    ...site,
    url,
    app,
    server,
    databaseUrl: config.databaseUrl,
    async client(login) {
      const client = new Client(url)
      if (login) client.cookies.set(...(await sessionOf(site, config.site.url, login)))
      return client
    },
    async logIn(login) {
      const client = new Client(url)
      await client.login(login, PASSWORD)
      return client
    },
  }
}

async function fill(databaseUrl: string): Promise<void> {
  const site = await createSite(readConfig({ DATABASE_URL: databaseUrl, CONNECT_SECRET: SECRET }))
  await site.connect.migrate()
  await createUsers(site)
  await site.connect.oauth.rotateSigningKey()
  await site.close()
}

/** Begins a session as the login page does. @returns its cookie */
async function sessionOf({ knex }: ServedSite, siteUrl: string, login: string): Promise<[name: string, value: string]> {
  const user = await knex('connect_users').where({ login }).first('id')
  const session = await createSessions(createDatabase(knex, 'connect_')).start(
    String(user.id),
    SESSION_SECONDS.plain,
    knex,
  )
  return [`${/^https:..[^/]+$/.test(siteUrl) ? '__Host-' : ''}koa_wp_connect_session`, session]
}

/** Hashed once a file: three slow hashes for every site would be most of a test's time. */
const hash = hashArgon2id(PASSWORD)

async function createUsers({ knex }: ServedSite): Promise<void> {
  const password = await hash
  const roles = { admin: 'administrator', ed: 'editor', sam: 'subscriber' }
  await knex('connect_users').insert(
    Object.entries(roles).map(([login, role]) => ({
      login,
      email: `${login}@example.com`,
      login_key: login,
      email_key: `${login}@example.com`,
      display_name: login,
      role,
      password,
      registered: Math.floor(Date.now() / 1000),
    })),
  )
}
