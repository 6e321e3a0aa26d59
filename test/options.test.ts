import test from 'ava'
import knex from 'knex'
import { type ConnectOptions, createConnect, embeddedUsers, OptionsError } from '../src/index.ts'
import { SECRET } from './support/site.ts'

const database = knex({ client: 'sqlite3', connection: { filename: ':memory:' }, useNullAsDefault: true })
test.after(() => database.destroy())

const site = { url: 'https://example.com', name: 'Example' }
const own = {
  current: async () => null,
  find: async () => null,
  findByLogin: async () => null,
  loginUrl: () => '/login',
}
const good: ConnectOptions = { knex: database, site, secret: SECRET, users: own }

const bad: [why: string, options: object, message: RegExp][] = [
  ['no knex', { ...good, knex: {} }, /knex: expected a Knex instance/],
  ['no site', { ...good, site: undefined }, /site: /],
  [
    'a bad address',
    { ...good, site: { ...site, url: 'example.com' } },
    /site\.url: expected an http.*given: "example\.com"/,
  ],
  ['an address with a query', { ...good, site: { ...site, url: 'https://a.example/?x' } }, /site\.url/],
  ['an address of another scheme', { ...good, site: { ...site, url: 'ftp://a.example/' } }, /site\.url/],
  ['no name', { ...good, site: { ...site, name: '' } }, /site\.name/],
  ['a short secret', { ...good, secret: 'hunter2' }, /secret: expected 32/],
  ['no secret', { ...good, secret: undefined }, /secret/],
  ['users without find', { ...good, users: { ...own, find: undefined } }, /users\.find: expected a function/],
  ['no users', { ...good, users: undefined }, /users/],
  ['an unknown option', { ...good, sekret: 'x' }, /sekret: there is no such option/],
  [
    'an unknown option below',
    { ...good, applicationPasswords: { hsh: 1 } },
    /applicationPasswords\.hsh: there is no such option/,
  ],
  ['a bad prefix', { ...good, tablePrefix: 'x; DROP' }, /tablePrefix: .*given: "x; DROP"/],
  ['a bad api path', { ...good, api: ['api/'] }, /api\.0: expected a path/],
  ['a bad environment', { ...good, environment: 'dev' }, /environment: .*given: "dev"/],
  ['a bad hash', { ...good, applicationPasswords: { hash: 'md5' } }, /applicationPasswords\.hash/],
]
for (const [why, options, message] of bad) {
  test(`refused at construction, by name: ${why}`, async t => {
    const error = await t.throwsAsync(createConnect(options as ConnectOptions), { instanceOf: OptionsError, message })
    t.is(error?.code, 'invalid_options')
    t.false(error?.message.includes('hunter2'))
  })
}

test('every bad option is named at once', async t => {
  const message = /secret: .*; tablePrefix: |tablePrefix: .*; secret: /
  await t.throwsAsync(createConnect({ ...good, secret: 'x', tablePrefix: '-' }), { message })
})

test('good options make a connect', async t => {
  const connect = await createConnect({ ...good, site: { ...site, url: 'https://example.com/blog/' } })
  t.is(connect.discoveryLink, '<https://example.com/blog/wp-json/>; rel="https://api.w.org/"')
})

test('embeddedUsers() is built with the same database, prefix and site', async t => {
  const connect = await createConnect({ ...good, users: embeddedUsers(), tablePrefix: 'other_' })
  await connect.migrate()
  const { id } = await connect.users.accounts.create('sam', 'password', { email: 'sam@example.com' })
  t.is((await connect.users.find(id))?.login, 'sam')
  t.is((await database('other_users')).length, 1)
  t.deepEqual((await connect.migrateDown()).length, 2)
})
