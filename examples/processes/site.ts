import Router from '@koa/router'
import knex from 'knex'
import Koa, { type Middleware } from 'koa'
import { createConnect, embeddedUsers } from 'koa-wp-connect'

/** The site, as each process runs it: nothing here knows of the others. */
export async function serve(port: number): Promise<void> {
  const database = knex({
    client: 'pg',
    connection: process.env.DATABASE_URL ?? '',
    // Of each process: all of them together must stay below PostgreSQL's max_connections.
    pool: { min: 0, max: 5 },
  })
  const connect = await createConnect({
    knex: database,
    site: { url: process.env.SITE_URL ?? 'https://example.com', name: 'Example' },
    secret: process.env.CONNECT_SECRET ?? '', // the same in each process
    users: embeddedUsers(),
    throttle: 'database', // or each process would count failed attempts for itself
    oauth: { scopes: { posts: 'View and manage posts' } },
  })
  await connect.migrate() // in each process, and each migration still runs once

  const router = new Router()
  router.get('/api/whoami', connect.require(), ctx => {
    ctx.body = { login: ctx.state.auth?.user.login, process: process.pid }
  })

  const app = new Koa({ proxy: true, maxIpsCount: 1 }) // behind nginx, which sets X-Forwarded-…
  app.use(connect.middleware())
  app.use(router.routes() as Middleware)
  app.listen(port, '127.0.0.1')

  // Told to end, it takes no new connections, and comes here when the last request has its answer.
  process.once('disconnect', async () => {
    await connect.close()
    await database.destroy()
  })
}
