import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'
import type Koa from 'koa'
import { hashArgon2id } from '../../src/crypto/argon2id.ts'
import { readConfig } from '../../src/server/config.ts'
import { createSite, type ServedSite } from '../../src/server/site.ts'
import { Client } from './client.ts'
import { freshDatabase } from './database.ts'

export interface TestSite extends ServedSite {
  url: string
  app: Koa
  server: Server
  databaseUrl: string
  /** A client with cookies of its own, logged in if a user is named. */
  client(login?: string): Promise<Client>
}

export const PASSWORD = 'correct horse battery staple'
export const SECRET = 'a secret for tests only, 32 characters or more'

/** A real site over HTTP, as `npm start` runs it, with the users admin (administrator), ed (editor) and sam (subscriber). */
export async function startSite(t: ExecutionContext, env: Record<string, string> = {}): Promise<TestSite> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const url = `http://localhost:${(server.address() as AddressInfo).port}`
  const config = readConfig({
    SITE_URL: url,
    SITE_NAME: 'Test Site',
    CONNECT_SECRET: SECRET,
    ...env,
    DATABASE_URL: env.DATABASE_URL ?? (await freshDatabase(t)),
  })
  const site = await createSite(config)
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
      if (login) await client.login(login, PASSWORD)
      return client
    },
  }
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
