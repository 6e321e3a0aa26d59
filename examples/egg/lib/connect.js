import { createConnect } from 'koa-wp-connect'
import { createTable, database, findPerson, personCalled } from './people.js'

const { PORT = '7001', SITE_URL = `http://localhost:${PORT}`, CONNECT_SECRET } = process.env

await createTable()

/** The site's person, as the package sees one. */
const toUser = person =>
  person
    ? { id: person.id, login: person.nick, email: person.email, roles: person.is_admin ? ['administrator'] : [] }
    : null

/** One for each of Egg's workers; they share the database. */
export const connect = await createConnect({
  knex: database,
  site: { url: SITE_URL, name: 'Egg' },
  secret: CONNECT_SECRET,
  environment: SITE_URL.startsWith('https:') ? 'production' : 'local', // only in `local` over plain http
  throttle: 'database', // or each worker would count failed attempts for itself
  oauth: { scopes: { notes: 'Read and write notes' } },
  users: {
    current: async ctx => toUser(await findPerson(ctx.session?.personId)), // null once it was ended
    find: async id => toUser(await findPerson(id)),
    findByLogin: async loginOrEmail => toUser(await personCalled(loginOrEmail)),
    loginUrl: returnTo => `/login?next=${encodeURIComponent(returnTo)}`,
  },
})
await connect.migrate()
