import Router from '@koa/router'
import type { Knex } from 'knex'
import Koa, { type Middleware } from 'koa'
import { createConnectBy } from '../connect/connect.ts'
import { CONTENT_PEERS } from '../content/peers.ts'
import { embeddedContent } from '../embedded-content/embedded-content.ts'
import { embeddedUsers } from '../embedded-users/embedded-users.ts'
import { fileStore } from '../file-store/file-store.ts'
import { createTheme } from '../pages/theme.ts'
import { theSite } from '../users/sites.ts'
import { missingPeers } from '../values/load-peer.ts'
import { type Config, keptSecret } from './config.ts'
import { contentPages } from './content-pages.ts'
import { openDatabase } from './database.ts'
import { homePage } from './home-page.ts'
import { postsApi } from './posts-api.ts'
import { openRedis } from './redis.ts'

export type ServedSite = Awaited<ReturnType<typeof createSite>>

/** What a command has opened already, and what tests say of the site. */
interface Opened {
  knex: Knex
  secret: string
  /** Installed by itself, the package serves a site without content. */
  hasContent: boolean
}

/** Creates the site that `npm start` serves and the commands work on. */
export async function createSite(
  config: Config,
  {
    knex = openDatabase(config.databaseUrl),
    secret = config.secret ?? keptSecret(),
    hasContent = missingPeers(CONTENT_PEERS).length === 0,
  }: Partial<Opened> = {},
) {
  const redis = config.redisUrl === undefined ? null : await openRedis(config.redisUrl)
  const site = { description: '', ...config.site }
  const store = fileStore({ folder: config.uploads })
  const theme = createTheme({ site, pages: { languages: {} }, messages: {} })
  const connect = await createConnectBy('serve', {
    knex,
    site,
    secret,
    users: parts => ({ ...embeddedUsers()(parts), sites: () => [theSite(parts.site), ...config.sites] }),
    ...(hasContent && { content: embeddedContent({ store, settings: { email: config.admin.email } }) }),
    environment: config.environment,
    throttle: redis ? { redis } : whereToCount(config.databaseUrl),
    oauth: {
      scopes: {
        posts: 'View and manage posts',
        media: 'View and manage media',
        taxonomy: 'View and manage categories and tags',
      },
      registration: config.registration,
    },
    pages: {
      languages: {
        de: {
          'scopes.posts': 'Beiträge ansehen und verwalten',
          'scopes.media': 'Medien ansehen und verwalten',
          'scopes.taxonomy': 'Kategorien und Schlagwörter ansehen und verwalten',
        },
      },
    },
  })

  function createApp(): Koa {
    // Only the last address of X-Forwarded-For comes from the proxy; clients can send anything before it.
    const app = new Koa({ proxy: config.trustProxy, maxIpsCount: 1 })
    const router = new Router()
    homePage(router, { connect, site, environment: config.environment, theme })
    postsApi(router, connect)
    app.use(store.middleware())
    app.use(connect.middleware())
    app.use(router.routes() as Middleware)
    app.use(router.allowedMethods() as Middleware)
    app.use(contentPages({ connect, site, theme }))
    return app
  }

  return {
    knex,
    connect,
    accounts: connect.users.accounts,
    clients: connect.oauth.clients,
    createApp,
    /** Writes pending data and closes the database. */
    async close(): Promise<void> {
      await connect.close()
      await knex.destroy()
      redis?.disconnect()
    },
  }
}

/**
 * A database server may have several processes, so failed attempts are counted in a table. A SQLite file has one writer,
 * which every wrong password would block, and rarely more than one process.
 */
const whereToCount = (databaseUrl: string) => (/^(postgres|mysql)/.test(databaseUrl) ? 'database' : 'memory')
