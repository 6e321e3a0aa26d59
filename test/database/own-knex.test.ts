import test, { type ExecutionContext } from 'ava'
import knex, { type Knex } from 'knex'
import Koa from 'koa'
import { createConnect, embeddedUsers, OptionsError } from '../../src/index.ts'
import { connectMigrations } from '../../src/migrations.ts'
import { openDatabase } from '../../src/server/database.ts'
import { basic, Client, ME } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { listen } from '../support/listen.ts'
import { PASSWORD, SECRET } from '../support/site.ts'

const toCamel = (text: string) => text.replace(/_+([a-z\d])/g, (_, letter: string) => letter.toUpperCase())
const toSnake = (text: string) => text.replace(/[A-Z]/g, letter => `_${letter.toLowerCase()}`)
const inCamel = (row: unknown) =>
  row !== null && typeof row === 'object' && !(row instanceof Date)
    ? Object.fromEntries(Object.entries(row).map(([key, value]) => [toCamel(key), value]))
    : row

/** As Objection's `knexSnakeCaseMappers()` does it. */
const CAMEL: Pick<Knex.Config, 'postProcessResponse' | 'wrapIdentifier'> = {
  postProcessResponse: response => (Array.isArray(response) ? response.map(inCamel) : inCamel(response)),
  wrapIdentifier: (name, wrap) => wrap(toSnake(name)),
}

/** Also one that would put every name into another form. */
const PREFIXED: typeof CAMEL = {
  postProcessResponse: () => [],
  wrapIdentifier: (name, wrap) => wrap(`hosts_${name}`),
}

/** A Knex of a host with hooks of its own. */
async function openHosts(t: ExecutionContext, hooks: Knex.Config): Promise<Knex> {
  const plain = openDatabase(await freshDatabase(t))
  const { config } = plain.client
  await plain.destroy()
  const hosts = knex({ ...config, ...hooks })
  t.teardown(() => hosts.destroy())
  return hosts
}

for (const [name, hooks] of Object.entries({
  'camel-casing mappers': CAMEL,
  'mappers that rename everything': PREFIXED,
})) {
  test(`a host's Knex with ${name}: tables, users, passwords, applications and pages all work`, async t => {
    const hosts = await openHosts(t, hooks)
    const { url, answer } = await listen(t)
    const connect = await createConnect({
      knex: hosts,
      site: { url, name: 'Host' },
      secret: SECRET,
      users: embeddedUsers(),
      oauth: { scopes: { posts: 'Posts' } },
      throttle: 'database',
      environment: 'local',
    })
    t.teardown(() => connect.close())
    t.true((await connect.migrate()).length >= 5)
    t.deepEqual(await connect.migrate(), [])
    answer(new Koa().use(connect.middleware()).callback())

    const user = await connect.users.accounts.create('sam', PASSWORD, { email: 's@example.com', role: 'administrator' })
    const { password } = await connect.applicationPasswords.create(user, 'Script')
    const { applicationPassword } = await connect.applicationPasswords.create(user, 'Another')
    const api = new Client(url)
    t.is((await api.get(ME, { headers: basic('sam', 'wrong') })).status, 401)
    t.is((await api.get(ME, { headers: basic('sam', password) })).json.id, Number(user.id))
    await connect.applicationPasswords.recordUsage(user, applicationPassword.uuid, '192.0.2.1')
    const used = await connect.applicationPasswords.get(user, applicationPassword.uuid)
    t.like(used, { userId: String(user.id), lastIp: '192.0.2.1' })

    const browser = new Client(url)
    await browser.login('sam', PASSWORD)
    const profile = await browser.get('/wp-admin/profile.php')
    t.is(profile.status, 200)
    t.regex(profile.text, /192\.0\.2\.1/)

    const { client } =
      (await connect.oauth?.clients.create({ name: 'Shop', redirectUris: ['https://a.example/'] })) ?? {}
    t.deepEqual(
      (await connect.oauth?.clients.list())?.map(({ clientId }) => clientId),
      [client?.clientId],
    )
    await connect.userDeleted(user.id)
    t.deepEqual(await connect.applicationPasswords.list(user), [])
    await connect.close() // writes the last uses
    t.true((await connect.migrateDown()).length >= 5)
  })
}

test('the host keeps its own column names and its pool, and sees the package’s queries', async t => {
  const hosts = await openHosts(t, CAMEL)
  const connect = await createConnect({
    knex: hosts,
    site: { url: 'https://example.com', name: 'Host' },
    secret: SECRET,
    users: embeddedUsers(),
  })
  t.teardown(() => connect.close())
  await connect.migrate()
  const seen: string[] = []
  hosts.on('query', ({ sql }) => seen.push(sql))
  await connect.users.accounts.create('sam', PASSWORD, { email: 's@example.com', role: 'author' })
  t.true(seen.some(sql => /insert into .connect_users./.test(sql)))
  const [row] = await hosts('connect_users').select('displayName', 'loginKey')
  t.deepEqual({ ...row }, { displayName: 'sam', loginKey: 'sam' })
  await hosts.destroy()
  await t.throwsAsync(connect.users.accounts.find('1'), { code: 'database_unavailable' })
})

test('migrations run by the host’s own Knex create the same tables', async t => {
  const hosts = await openHosts(t, CAMEL)
  await hosts.migrate.latest(connectMigrations({ embeddedUsers: true, oauth: true, throttle: true }))
  const connect = await createConnect({
    knex: hosts,
    site: { url: 'https://example.com', name: 'Host' },
    secret: SECRET,
    users: embeddedUsers(),
    oauth: { scopes: { posts: 'Posts' } },
    throttle: 'database',
  })
  t.teardown(() => connect.close())
  t.deepEqual(await connect.migrate(), [])
  await t.notThrowsAsync(connect.users.accounts.create('sam', PASSWORD, { email: 's@example.com', role: 'author' }))
})

test('a client class that renames columns by itself is rejected by name', async t => {
  const plain = openDatabase(await freshDatabase(t))
  t.teardown(() => plain.destroy())
  class Renaming extends plain.client.constructor {
    wrapIdentifier(name: string) {
      return `"${toCamel(name)}"`
    }
  }
  const hosts = knex({ ...plain.client.config, client: Renaming })
  t.teardown(() => hosts.destroy())
  const users = {
    current: async () => null,
    find: async () => null,
    findByLogin: async () => null,
    loginUrl: () => '/',
  }
  const site = { url: 'https://example.com', name: 'Host' }
  await t.throwsAsync(createConnect({ knex: hosts, site, secret: SECRET, users }), {
    instanceOf: OptionsError,
    message: /knex: expected .*wrapIdentifier/,
  })
})
