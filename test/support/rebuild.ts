import Koa from 'koa'
import { type Connect, type ConnectOptions, createConnect, embeddedUsers } from '../../src/index.ts'
import { SECRET, type TestSite } from './site.ts'

/** The same site with other options: its users, sessions and rows. What a host adds goes behind, by `host`. */
export async function rebuild(
  site: TestSite,
  options: Partial<ConnectOptions>,
  host?: (app: Koa, connect: Connect) => void,
): Promise<Connect> {
  const connect: Connect = await createConnect({
    knex: site.knex,
    site: { url: site.url, name: 'Test Site' },
    secret: SECRET,
    users: embeddedUsers(),
    environment: 'local',
    oauth: { scopes: { posts: 'View and manage posts', media: 'View and manage media' }, registration: true },
    ...options,
  })
  const app = new Koa().use(connect.middleware())
  app.silent = true
  host?.(app, connect)
  // Browsers ask for an icon by themselves.
  app.use(ctx => {
    if (ctx.path === '/favicon.ico') ctx.status = 204
  })
  site.server.removeAllListeners('request').on('request', app.callback())
  return connect
}
