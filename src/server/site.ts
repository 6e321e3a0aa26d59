import Router from '@koa/router'
import type { Knex } from 'knex'
import Koa, { type Middleware } from 'koa'
import { createConnect } from '../connect.ts'
import { embeddedUsers } from '../users/embedded/embedded-users.ts'
import { type Config, keptSecret } from './config.ts'
import { openDatabase } from './database.ts'
import { homePage } from './home-page.ts'
import { postsApi } from './posts-api.ts'

export type ServedSite = Awaited<ReturnType<typeof createSite>>

/** The parts of the site that `npm start` runs, and that the commands work on. */
export async function createSite(config: Config) {
  const knex: Knex = openDatabase(config.databaseUrl)
  const site = config.site
  const connect = await createConnect({
    knex,
    site,
    secret: config.secret ?? keptSecret(),
    users: embeddedUsers(),
    environment: config.environment,
  })

  function createApp(): Koa {
    // Of X-Forwarded-For only the last address is the proxy's own word; what stands before it anybody can send.
    const app = new Koa({ proxy: config.trustProxy, maxIpsCount: 1 })
    const router = new Router()
    homePage(router, connect, site)
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
    createApp,
    /** Writes what is pending and lets go of the database. */
    async close(): Promise<void> {
      await connect.close()
      await knex.destroy()
    },
  }
}
