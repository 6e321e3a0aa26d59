import Koa from 'koa'
import { createConnect, embeddedUsers } from '../../src/index.ts'
import { openDatabase } from '../../src/server/database.ts'
import { answer } from './answer.ts'
import { CREDENTIALS } from './clients.ts'
import { fill } from './fill.ts'
import { listen } from './listen.ts'

/** A site with the package, as a host mounts it. */
const { DATABASE_URL = '', HASH, ROWS = '0', OF_ONE_USER = '0' } = process.env

const knex = openDatabase(DATABASE_URL)
const connect = await createConnect({
  knex,
  site: { url: 'http://localhost', name: 'Bench' },
  secret: 'a secret for the bench, of 32 characters or more',
  users: embeddedUsers(),
  environment: 'local',
  applicationPasswords: { hash: HASH === 'argon2id' ? 'argon2id' : 'generic', allowManagement: true },
  oauth: { scopes: { posts: 'View and manage posts' } },
})
await connect.migrate()
const { accounts } = connect.users
const user =
  (await accounts.findByLogin('bench')) ??
  (await accounts.create('bench', 'correct horse battery staple', { email: 'bench@example.com' }))
await fill(knex, { rows: Number(ROWS), ofOneUser: Number(OF_ONE_USER), userId: user.id })

const app = new Koa()
app.silent = true
app.use(connect.middleware())
app.use(async (ctx, next) => {
  if (ctx.path !== '/issue-and-revoke') return next()
  const { applicationPassword } = await connect.applicationPasswords.create(user, 'Bench')
  await connect.applicationPasswords.revoke(user, applicationPassword.uuid)
  ctx.body = {}
})
app.use(connect.require({ scope: 'posts' }))
app.use(answer)
await listen(
  app,
  await CREDENTIALS[(process.env.CREDENTIALS ?? 'basic') as keyof typeof CREDENTIALS](connect, knex, user, app),
)
