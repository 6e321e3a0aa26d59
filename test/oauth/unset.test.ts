import test from 'ava'
import { ROOT, shell } from '../support/shell.ts'

/** A site without OAuth in a process of its own, which tells what it loaded and what it answers. */
const HOST = `
import { registerHooks } from 'node:module'
const loaded = []
registerHooks({ load(url, context, next) { loaded.push(url); return next(url, context) } })
const [{ default: Koa }, { default: knex }, { createConnect, embeddedUsers }] = await Promise.all([
  import('koa'), import('knex'), import('${ROOT}src/index.ts'),
])
const database = knex({ client: 'sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
const connect = await createConnect({
  knex: database, site: { url: 'http://localhost', name: 'x' }, secret: 'x'.repeat(32), users: embeddedUsers(), environment: 'local',
})
await connect.migrate()
const app = new Koa()
app.use(connect.middleware()).use(ctx => { ctx.body = 'host' })
const server = app.listen(0)
const answers = {}
for (const path of ['/oauth2/authorize', '/oauth2/token', '/.well-known/oauth-authorization-server', '/me', '/apps',
  '/.well-known/oauth-protected-resource', '/me/security/connected-apps', '/rest/v1/me', '/oauth2/consent/x']) {
  answers[path] = await (await fetch('http://localhost:' + server.address().port + path)).text()
}
const bearer = await fetch('http://localhost:' + server.address().port + '/wp-json/', { headers: { authorization: 'Bearer x' } })
server.close()
const tables = await database('sqlite_master').where({ type: 'table' }).pluck('name')
await database.destroy()
console.log(JSON.stringify({
  loaded: loaded.filter(url => /oidc-provider|src\\/oauth\\/(?!bearer|paths|options)|connected-apps/.test(url)),
  answers, bearer: bearer.status, tables: tables.filter(name => /oauth/.test(name)), oauth: connect.oauth,
}))
`

test('without the option, OAuth is neither loaded nor mounted', async t => {
  const { output } = await shell(`node --no-warnings --input-type=module -e "$HOST"`, { env: { HOST } })
  const { loaded, answers, ...rest } = JSON.parse(output)
  t.deepEqual(loaded, [])
  t.deepEqual([...new Set(Object.values(answers))], ['host'])
  t.deepEqual(rest, { bearer: 200, tables: [], oauth: null })
})
