import Router from '@koa/router'
import knex from 'knex'
import Koa from 'koa'
import { createConnect, embeddedUsers } from 'koa-wp-connect'

const { PORT = '3000', SITE_URL = 'https://example.com/blog', CONNECT_SECRET, ADMIN_PASSWORD } = process.env
const connect = await createConnect({
  knex: knex({ client: 'better-sqlite3', connection: { filename: 'site.db' }, useNullAsDefault: true }),
  site: { url: SITE_URL, name: 'Blog' }, // where browsers see it: links, redirects and cookies follow from it
  secret: CONNECT_SECRET,
  users: embeddedUsers(),
  oauth: { scopes: { posts: 'View and manage posts' } },
})
await connect.migrate()
const { accounts } = connect.users
if ((await accounts.count()) === 0) {
  await accounts.create('admin', ADMIN_PASSWORD, { email: 'admin@example.com', role: 'administrator' })
}

const router = new Router()
router.get('/', ctx => {
  ctx.append('Link', connect.discoveryLink)
  ctx.body = 'Welcome'
})
router.get('/api/hello', connect.require(), ctx => {
  ctx.body = { hello: ctx.state.auth.user.login }
})

const app = new Koa({ proxy: true, maxIpsCount: 1 }) // believes nginx, which sets X-Forwarded-…
app.use(connect.middleware())
app.use(router.routes())
app.listen(PORT, '127.0.0.1') // nobody gets past nginx from elsewhere
