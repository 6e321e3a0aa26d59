import Router from '@koa/router'
import type { Knex } from 'knex'
import Koa, { type Middleware } from 'koa'
import { createConnectBy } from '../connect/connect.ts'
import { embeddedUsers } from '../embedded-users/embedded-users.ts'
import { createTheme } from '../pages/look.ts'
import { theSite } from '../users/sites.ts'
import { type Config, keptSecret } from './config.ts'
import { openDatabase } from './database.ts'
import { homePage } from './home-page.ts'
import { postsApi } from './posts-api.ts'
import { openRedis } from './redis.ts'

export type ServedSite = Awaited<ReturnType<typeof createSite>>

/** What a command has opened already. */
interface Opened {
  knex: Knex
  secret: string
}

/** The parts of the site that `npm start` runs, and that the commands work on. */
export async function createSite(
  config: Config,
  { knex = openDatabase(config.databaseUrl), secret = config.secret ?? keptSecret() }: Partial<Opened> = {},
) {
  const redis = config.redisUrl === undefined ? null : await openRedis(config.redisUrl)
  const site = { description: '', ...config.site }
  const look = createTheme({ site, pages: { languages: {} }, messages: {} })
  const connect = await createConnectBy('serve', {
    knex,
    site,
    secret,
    users: parts => ({ ...embeddedUsers()(parts), sites: () => [theSite(parts.site), ...config.sites] }),
    environment: config.environment,
    throttle: redis ? { redis } : whereToCount(config.databaseUrl),
    oauth: {
      scopes: { posts: 'View and manage posts', media: 'View and manage media' },
      registration: config.registration,
    },
    pages: {
      languages: {
        de: { 'scopes.posts': 'Beiträge ansehen und verwalten', 'scopes.media': 'Medien ansehen und verwalten' },
      },
    },
  })

  function createApp(): Koa {
    // Of X-Forwarded-For only the last address is the proxy's own word; what stands before it anybody can send.
    const app = new Koa({ proxy: config.trustProxy, maxIpsCount: 1 })
    const router = new Router()
    homePage(router, { connect, site, environment: config.environment, look })
    postsApi(router, connect)
    app.use(connect.middleware())
    app.use(router.routes() as Middleware)
    app.use(router.allowedMethods() as Middleware)
    return app
  }

  return {
    knex,
    connect,
    accounts: connect.users.accounts,
    clients: connect.oauth.clients,
    createApp,
    /** Writes what is pending and lets go of the database. */
    async close(): Promise<void> {
      await connect.close()
      await knex.destroy()
      redis?.disconnect()
    },
  }
}

/**
 * On a database server, in a table, for there may be other processes. A SQLite file has one writer, whom each wrong password
 * would keep waiting, and seldom more than one process.
 */
const whereToCount = (databaseUrl: string) => (/^(postgres|mysql)/.test(databaseUrl) ? 'database' : 'memory')
