import bodyParser from '@koa/bodyparser'
import Router from '@koa/router'
import Koa from 'koa'
import CSRF from 'koa-csrf'
import helmet from 'koa-helmet'
import passport from 'koa-passport'
import { createSession } from 'koa-session'
import { createConnect } from 'koa-wp-connect'
import { logIn } from './login.js'
import { createPerson, createTable, database, findPerson, personCalled } from './people.js'

const { PORT = '3000', ANNA_PASSWORD, CONNECT_SECRET, SESSION_SECRET } = process.env
await createTable()
if (!(await personCalled('anna'))) await createPerson('anna', ANNA_PASSWORD, true)

/** The site's person, as the package sees one. */
const toUser = person =>
  person
    ? { id: person.id, login: person.nick, email: person.email, roles: person.is_admin ? ['administrator'] : [] }
    : null

const connect = await createConnect({
  knex: database,
  site: { url: `http://localhost:${PORT}`, name: 'Own users' },
  secret: CONNECT_SECRET,
  environment: 'local', // on your own machine only: passwords over plain http
  oauth: { scopes: { notes: 'Read and write notes' } },
  users: {
    // A session that was just ended is null.
    current: async ctx => (ctx.session && ctx.isAuthenticated() ? toUser(ctx.state.user) : null),
    find: async id => toUser(await findPerson(id)),
    findByLogin: async loginOrEmail => toUser(await personCalled(loginOrEmail)),
    loginUrl: returnTo => `/login?next=${encodeURIComponent(returnTo)}`,
    logoutUrl: () => '/logout',
  },
})
await connect.migrate()

const router = new Router()
router.get('/api/hello', connect.require(), ctx => {
  ctx.body = { hello: ctx.state.auth.user.login }
})
router.post('/api/notes', connect.require({ scope: 'notes' }), ctx => {
  ctx.body = { noted: ctx.request.body.text, by: ctx.state.auth.user.id }
})

const app = new Koa()
app.keys = [SESSION_SECRET]
app.use(helmet())
app.use(bodyParser())
app.use(createSession({ sameSite: 'lax' }, app))
app.use(passport.initialize())
app.use(passport.session())

// After the session, because it asks who is logged in; before the CSRF check, because its forms have tokens of their own.
app.use(connect.middleware())

// Whoever came with a password or a token of ours was not sent here by another site's page.
const csrf = CSRF()
app.use((ctx, next) => (ctx.state.auth ? next() : csrf(ctx, next)))
app.use(logIn.routes())
app.use(router.routes())
app.listen(PORT, '127.0.0.1')
