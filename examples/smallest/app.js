import Router from '@koa/router'
import knex from 'knex'
import Koa from 'koa'
import { createConnect, embeddedUsers } from 'koa-wp-connect'

const { PORT = '3000', NODE_ENV, CONNECT_SECRET, ADMIN_PASSWORD } = process.env
const connect = await createConnect({
  knex: knex({ client: 'better-sqlite3', connection: { filename: 'site.db' }, useNullAsDefault: true }),
  site: { url: `http://localhost:${PORT}`, name: 'Smallest' },
  secret: CONNECT_SECRET,
  users: embeddedUsers(),
  environment: NODE_ENV === 'production' ? 'production' : 'local', // only in `local` over plain http
})
await connect.migrate()
const { accounts } = connect.users
if ((await accounts.count()) === 0) await accounts.create('admin', ADMIN_PASSWORD, { email: 'admin@example.com' })

const router = new Router()
router.get('/api/hello', connect.require(), ctx => {
  ctx.body = { hello: ctx.state.auth.user.login }
})

new Koa().use(connect.middleware()).use(router.routes()).listen(PORT)
