import { createServer } from 'node:http'
import test, { type ExecutionContext } from 'ava'
import Koa from 'koa'
import { createConnect } from '../../src/index.ts'
import { openDatabase } from '../../src/server/database.ts'
import { listen } from '../support/inner.ts'
import { commandLine } from './command-line.ts'

const CONNECT_SECRET = 'Zk3vQ0pXw8rT5yLmN2bHc7JdFs9GaU4e'

/** An app with users of its own, which runs on the database of the commands. */
async function ownUsers(t: ExecutionContext, { hasOAuth = true } = {}) {
  t.timeout(180_000)
  const commands = await commandLine(t, { CONNECT_SECRET })
  const knex = openDatabase(commands.environment.DATABASE_URL ?? '')
  const app = new Koa()
  const server = createServer()
  const url = `http://localhost:${await listen(t, server)}`
  const connect = await createConnect({
    knex,
    site: { url, name: 'People' },
    secret: CONNECT_SECRET,
    users: {
      current: async () => null,
      find: async () => null,
      findByLogin: async () => null,
      loginUrl: () => '/login',
    },
    environment: 'local',
    ...(hasOAuth && { oauth: { scopes: { posts: 'Posts' } } }),
  })
  await connect.migrate()
  app.use(connect.middleware())
  server.on('request', app.callback())
  t.teardown(async () => {
    await connect.close()
    await knex.destroy()
  })
  const tables = async () => {
    const names = ['users', 'sessions', 'oauth_clients', 'throttle', 'application_passwords']
    const there = await Promise.all(names.map(name => knex.schema.hasTable(`connect_${name}`)))
    return names.filter((_, at) => there[at])
  }
  return { ...commands, knex, connect, url, tables }
}

test('an app with users of its own: what needs embedded users says so, and writes nothing', async t => {
  const { fails, tables } = await ownUsers(t)
  const before = await tables()
  t.deepEqual(before, ['oauth_clients', 'application_passwords'])
  for (const command of [
    ['user', 'list'],
    ['user', 'create', 'bob', 'bob@example.com', '--user_pass=correct horse'],
    ['user', 'application-password', 'list', 'bob'],
    ['import', 'wordpress', '--from=x.sql'],
    ['serve'],
  ]) {
    t.regex(await fails(...command), /^Error: This site has users of its own: [^\n]* nothing was written\. [^\n]*\n$/)
    t.deepEqual(await tables(), before)
  }
})

test('an app with users of its own: client, signing-key, migrate and doctor work', async t => {
  const { ok, run, tables, connect, url } = await ownUsers(t)
  const before = await tables()
  const id = (await ok('client', 'create', '--name=Shop', '--redirect-uri=https://a.example/', '--porcelain')).trim()
  t.is((await connect.oauth?.clients.get(id))?.name, 'Shop')
  t.is(await ok('client', 'list', '--field=name'), 'Shop\n')
  await ok('client', 'update', id, '--name=Store')
  t.regex(await ok('client', 'rotate-secret', id, '--porcelain'), /^[\w-]{43}\n$/)
  t.regex(await ok('signing-key', 'rotate'), /^Success: Created signing key /)
  await ok('client', 'delete', id, '--yes')
  t.is(await ok('migrate'), 'Success: The tables are up to date already.\n')
  const { code, stdout } = await run(['doctor'], { env: { SITE_URL: url } })
  t.is(code, 0, stdout)
  t.deepEqual(await tables(), before)
})

test('an app without OAuth: client says what to set, and makes no tables', async t => {
  const { fails, ok, tables } = await ownUsers(t, { hasOAuth: false })
  for (const command of [
    ['client', 'list'],
    ['client', 'create', '--name=x', '--redirect-uri=https://a.example/'],
  ]) {
    t.regex(await fails(...command), /^Error: This site has no OAuth\. Set the option oauth/)
  }
  t.is(await ok('migrate'), 'Success: The tables are up to date already.\n')
  t.deepEqual(await tables(), ['application_passwords'])
})
