import type { ExecutionContext } from 'ava'
import { Client } from './client.ts'
import { exampleFolder } from './example.ts'
import { block } from './markdown.ts'
import { type App, connectApp, type Tokens } from './oauth.ts'
import { freePort, serve, shell } from './shell.ts'
import { PASSWORD, SECRET } from './site.ts'

/** Makes a user and an application on the example's own database, as a host's code would. */
const SET_UP = `
import knex from 'knex'
import { createConnect, embeddedUsers } from 'koa-wp-connect'
const database = knex({ client: 'better-sqlite3', connection: { filename: 'site.db' }, useNullAsDefault: true })
const connect = await createConnect({
  knex: database, site: { url: 'http://localhost', name: 'x' }, secret: process.env.CONNECT_SECRET ?? '',
  users: embeddedUsers(), oauth: { scopes: { posts: 'Posts' } },
})
await connect.users.accounts.create('sam', process.env.ADMIN_PASSWORD ?? '', { email: 'sam@example.com' })
const made = await connect.oauth?.clients.create({ name: 'Shop', redirectUris: ['https://shop.example/callback'] })
await database.destroy()
console.log(JSON.stringify({ id: made?.client.clientId, secret: made?.secret, redirectUri: 'https://shop.example/callback' }))
`

/** The whole app of docs/features/oauth.md. */
export const OAUTH_EXAMPLE = block('docs/features/oauth.md', 'ts', 'createConnect(')

export interface OAuthExample {
  url: string
  /** The administrator, and one without a role of note. */
  admin: Client
  sam: Client
  app: App
  /** Somebody lets the application in. */
  connectApp(user: Client, query?: Record<string, string>, form?: Record<string, string>): Promise<Tokens>
}

/** Starts `site.ts` of these files, on SQLite, and registers an application there. */
export async function startOAuthExample(t: ExecutionContext, files: Record<string, string>): Promise<OAuthExample> {
  const folder = await exampleFolder(t, { ...files, 'set-up.ts': SET_UP })
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env = { PORT: String(port), CONNECT_SECRET: SECRET, ADMIN_PASSWORD: PASSWORD }
  await serve(t, 'node site.ts', url, { cwd: folder, env })
  const { output } = await shell('node set-up.ts', { cwd: folder, env })
  const app: App = JSON.parse(output)
  const logIn = async (login: string) => {
    const client = new Client(url)
    await client.login(login, PASSWORD)
    return client
  }
  return {
    url,
    admin: await logIn('admin'),
    sam: await logIn('sam'),
    app,
    connectApp: (user, query = {}, form = {}) => connectApp({ url }, user, app, query, form),
  }
}

/** The example with `instead` in place of a part of it. */
export function changed(text: string, part: string | RegExp, instead: string): string {
  const result = text.replace(part, () => instead)
  if (result === text) throw new Error(`the example has no ${part}`)
  return result
}
