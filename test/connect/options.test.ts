import test from 'ava'
import knex from 'knex'
import { type ConnectOptions, createConnect, embeddedContent, embeddedUsers, OptionsError } from '../../src/index.ts'
import { read } from '../support/markdown.ts'
import { SECRET } from '../support/site.ts'

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

const noItems = async () => ({ items: [], total: 0 })
const bad: [why: string, options: object, message: RegExp][] = [
  ['no knex', { ...good, knex: {} }, /knex: expected a Knex instance/],
  [
    'the address of a database',
    { ...good, knex: 'mysql://me:hunter2@a/b' },
    /knex: .*given: a string of 22 characters/,
  ],
  ['no site', { ...good, site: undefined }, /site: expected an object with url and name \(given: nothing\)/],
  [
    'a bad address',
    { ...good, site: { ...site, url: 'example.com' } },
    /site\.url: expected an http.*given: "example\.com"/,
  ],
  ['an address with a query', { ...good, site: { ...site, url: 'https://a.example/?x' } }, /site\.url/],
  ['an address of another scheme', { ...good, site: { ...site, url: 'ftp://a.example/' } }, /site\.url/],
  ['an address with a password', { ...good, site: { ...site, url: 'https://me:hunter2@a.example/' } }, /site\.url/],
  [
    'a long description',
    { ...good, site: { ...site, description: 'x'.repeat(501) } },
    /site\.description: expected at most 500/,
  ],
  ['no name', { ...good, site: { ...site, name: '' } }, /site\.name/],
  [
    'a short secret',
    { ...good, secret: 'hunter2' },
    /secret: expected at least 32 random characters \(given: a string of 7 characters\)/,
  ],
  ['no secret', { ...good, secret: undefined }, /secret: expected at least 32 .*given: nothing/],
  ['users without find', { ...good, users: { ...own, find: undefined } }, /users\.find: expected a function/],
  ['no users', { ...good, users: undefined }, /users: expected an object with current, find.*given: nothing/],
  ['no function', { ...good, users: { ...own, can: 'everything' } }, /users\.can: expected a function.*"everything"/],
  ['users that forget a method', { ...good, users: () => ({ ...own, current: null }) }, /users\.current: expected/],
  [
    'embeddedUsers without ()',
    { ...good, users: embeddedUsers },
    /users: expected .*embeddedUsers\(\) \(given: a function/,
  ],
  ['content that is none', { ...good, content: [] }, /content: expected an object with types, or embeddedContent\(\)/],
  ['embeddedContent without ()', { ...good, content: embeddedContent }, /content: expected an object with types/],
  [
    'a type that cannot be read',
    { ...good, content: { types: { post: { list: noItems } } } },
    /content\.types\.post\.find: expected a function/,
  ],
  [
    'a type with a bad name',
    { ...good, content: { types: { 'My Post': { list: noItems, find: noItems } } } },
    /content\.types\.My Post: expected a name such as "post"/,
  ],
  [
    'ids of another kind',
    { ...good, content: { ids: 'uuid', types: {} } },
    /content\.ids: expected "integer" or "string"/,
  ],
  [
    'a store that cannot remove',
    { ...good, content: () => ({ types: {}, media: { list: noItems, find: noItems, store: { put: noItems } } }) },
    /content\.media\.store\.remove: expected a function/,
  ],
  ['a scope that is no name', { ...good, contentScopes: { posts: 7 } }, /contentScopes\.posts: expected the name/],
  ['an unknown option', { ...good, sekret: 'x' }, /sekret: unknown option$/],
  [
    'an unknown option below',
    { ...good, applicationPasswords: { hsh: 1 } },
    /applicationPasswords\.hsh: unknown option$/,
  ],
  ['a bad prefix', { ...good, tablePrefix: 'x; DROP' }, /tablePrefix: .*given: "x; DROP"/],
  ['a bad api path', { ...good, api: ['api/'] }, /api\.0: expected a path/],
  ['the whole site as the API', { ...good, api: ['/'] }, /api\.0: expected a path such as "\/api"; if your whole site/],
  ['one api path', { ...good, api: '/api' }, /api: expected an array of paths, such as \["\/api"\] \(given: "\/api"\)/],
  ['a list of origins', { ...good, cors: ['https://a.example'] }, /cors: expected true or false \(given: an array\)/],
  ['a bad environment', { ...good, environment: 'dev' }, /environment: .*given: "dev"/],
  ['a bad throttle', { ...good, throttle: 'disk' }, /throttle: expected "memory", "database" or .*given: "disk"/],
  ['an address for a Redis client', { ...good, throttle: { redis: 'redis://:hunter2@a' } }, /throttle: expected/],
  ['no list of scopes', { ...good, oauth: {} }, /oauth\.scopes: expected an object such as/],
  ['no scopes', { ...good, oauth: { scopes: {} } }, /oauth\.scopes: expected at least one scope/],
  ['a scope of a bad name', { ...good, oauth: { scopes: { 'a b': 'x' } } }, /oauth\.scopes\.a b: expected a name/],
  [
    'a scope that has a meaning',
    { ...good, oauth: { scopes: { global: 'x' } } },
    /oauth\.scopes\.global: this scope name is reserved/,
  ],
  [
    'a scope without words',
    { ...good, oauth: { scopes: { posts: 1 } } },
    /oauth\.scopes\.posts: expected a text for users of 1 to 300 characters/,
  ],
  [
    'a default that is no scope',
    { ...good, oauth: { scopes: { posts: 'Posts' }, defaultScopes: ['media'] } },
    /oauth\.defaultScopes\.0: expected one of oauth\.scopes.*given: "media"/,
  ],
  [
    'no default',
    { ...good, oauth: { scopes: { posts: 'Posts' }, defaultScopes: [] } },
    /oauth\.defaultScopes: expected/,
  ],
  [
    'a word for yes',
    { ...good, oauth: { scopes: { posts: 'Posts' }, registration: 'yes' } },
    /oauth\.registration: expected true, false or an object such as .*given: "yes"/,
  ],
  [
    'a way to register that is none',
    { ...good, oauth: { scopes: { posts: 'Posts' }, registration: { document: true } } },
    /oauth\.registration/,
  ],
  ['a bad policy', { ...good, revokeOnPasswordChange: 1 }, /revokeOnPasswordChange: expected true or false.*given: 1/],
  [
    'another word for yes',
    { ...good, applicationPasswords: { allowManagement: 'on' } },
    /applicationPasswords\.allowManagement: .*expected boolean.*given: "on"/,
  ],
  ['no pages', { ...good, pages: 'templates' }, /pages: .*expected object.*given: "templates"/],
  [
    'no directory',
    { ...good, pages: { templates: '/no/such' } },
    /pages\.templates: expected an existing directory.*given: "\/no\/such"/,
  ],
  ['a file', { ...good, pages: { templates: import.meta.url } }, /pages\.templates: expected an existing directory/],
  [
    'no file URL',
    { ...good, pages: { templates: new URL('https://a.example') } },
    /pages\.templates: expected an existing directory/,
  ],
  [
    'a directory that is missing',
    { ...good, pages: { templates: new URL('file:///no/such/') } },
    /pages\.templates: expected an existing directory.*given: the URL file:\/\/\/no\/such\/\)/,
  ],
  [
    'another site’s stylesheet',
    { ...good, pages: { stylesheet: 'https://cdn.example/a.css' } },
    /pages\.stylesheet: expected a URL on/,
  ],
  [
    'a disguised one',
    { ...good, pages: { stylesheet: '//cdn.example/a.css' } },
    /pages\.stylesheet: expected a URL on/,
  ],
  [
    'another disguise',
    { ...good, pages: { stylesheet: { href: '/\\cdn.example/a.css' } } },
    /pages\.stylesheet: expected a URL on/,
  ],
  [
    'help by script',
    { ...good, pages: { help: 'javascript:alert(1)' } },
    /pages\.help: expected an https.*given: "java/,
  ],
  [
    'apps where we are',
    { ...good, oauth: { scopes: { a: 'A' }, appsPath: '/ME/apps' } },
    /oauth\.appsPath: expected a path/,
  ],
  [
    'apps in the API',
    { ...good, oauth: { scopes: { a: 'A' }, appsPath: '/wp-json/x' } },
    /oauth\.appsPath: expected a path/,
  ],
  [
    'apps elsewhere',
    { ...good, oauth: { scopes: { a: 'A' }, appsPath: '//evil' } },
    /oauth\.appsPath: expected a path/,
  ],
  ['apps at the root', { ...good, oauth: { scopes: { a: 'A' }, appsPath: '/' } }, /oauth\.appsPath: expected a path/],
  ['help at another host', { ...good, pages: { help: '//evil.example/' } }, /pages\.help: expected an https/],
  ['help of nowhere', { ...good, pages: { help: 'help' } }, /pages\.help: expected an https/],
  ['a stylesheet of nowhere', { ...good, pages: { stylesheet: 'a.css' } }, /pages\.stylesheet: expected a URL on/],
  [
    'no language',
    { ...good, pages: { languages: { deutsch_: {} } } },
    /pages\.languages\.deutsch_: expected a language tag/,
  ],
  [
    'no message',
    { ...good, pages: { languages: { ar: { 'login.titel': 'x' } } } },
    /pages\.languages\.ar\.login\.titel: templates\/languages\/en\.json has no message/,
  ],
  [
    'an inherited name',
    { ...good, pages: { languages: { ar: { constructor: 'x' } } } },
    /pages\.languages\.ar\.constructor: .* has no message/,
  ],
  [
    'an empty message',
    { ...good, pages: { languages: { ar: { 'login.title': '' } } } },
    /pages\.languages\.ar\.login\.title: expected a text/,
  ],
  [
    'a lost placeholder',
    { ...good, pages: { languages: { ar: { 'revoke.one': 'x' } } } },
    /pages\.languages\.ar\.revoke\.one: expected exactly the placeholders \{name\}/,
  ],
  [
    'a placeholder that is none',
    { ...good, pages: { languages: { ar: { 'login.title': '{x}' } } } },
    /login\.title: expected no placeholder/,
  ],
  [
    'plural forms of nothing',
    { ...good, pages: { languages: { ar: { 'login.title': { other: 'x' } } } } },
    /has no plural forms/,
  ],
  [
    'a language for a function',
    { ...good, pages: { language: 'de' } },
    /pages\.language: expected a function.*given: "de"/,
  ],
  ['no options', [], /options: .*given: an array/],
  ['a bad hash', { ...good, applicationPasswords: { hash: 'md5' } }, /applicationPasswords\.hash/],
]
for (const [why, options, message] of bad) {
  test(`createConnect() rejects a bad option by name: ${why}`, async t => {
    const error = await t.throwsAsync(createConnect(options as ConnectOptions), { instanceOf: OptionsError, message })
    t.is(error?.code, 'invalid_options')
    t.false(error?.message.includes('hunter2'))
  })
}

test('every option is checked', t => {
  const schema = /const optionsSchema = z\.strictObject\(\{(.*?)^\}\)/ms.exec(read('src/connect/options.ts'))?.[1] ?? ''
  const names = [...schema.matchAll(/^ {2}(\w+):/gm)].map(([, name = '']) => name)
  t.true(names.length > 8)
  const below = {
    users: ['current', 'find', 'can'],
    site: ['url', 'name', 'description'],
    applicationPasswords: ['hash', 'allowManagement'],
    oauth: ['scopes', 'defaultScopes', 'registration'],
    pages: ['templates', 'stylesheet', 'languages', 'language'],
  }
  const isRefused = (name: string) => bad.some(([, , message]) => message.source.startsWith(name))
  for (const name of names) t.true(isRefused(name), name)
  for (const [name, members] of Object.entries(below))
    for (const member of members) t.true(isRefused(`${name}\\.${member}`), `${name}.${member}`)
})

test('every bad option is named at once', async t => {
  const message = /secret: .*; tablePrefix: |tablePrefix: .*; secret: /
  await t.throwsAsync(createConnect({ ...good, secret: 'x', tablePrefix: '-' }), { message })
})

test('good options are accepted', async t => {
  const connect = await createConnect({ ...good, site: { ...site, url: 'https://example.com/blog/' } })
  t.is(connect.discoveryLink, '<https://example.com/blog/wp-json/>; rel="https://api.w.org/"')
})

test('embeddedUsers() is built with the same database, prefix and site', async t => {
  const connect = await createConnect({ ...good, users: embeddedUsers(), tablePrefix: 'other_' })
  await connect.migrate()
  const { id } = await connect.users.accounts.create('sam', 'password', { email: 'sam@example.com' })
  t.is((await connect.users.find(id))?.login, 'sam')
  t.is((await database('other_users')).length, 1)
  t.is((await connect.migrateDown()).length, 5)
})

const badRequirements: [why: string, requirement: unknown, message: RegExp][] = [
  ['no object', 'posts', /expected an object with scope or site/],
  ['a misspelt option', { scopes: 'posts' }, /unknown option: scopes/],
  ['a scope that is none', { scope: 'nope' }, /scope: expected one of posts/],
  ['a list of scopes', { scope: ['posts'] }, /scope: expected one of posts/],
  ['no site', { scope: 'posts', site: undefined }, /site: expected an id/],
]
for (const [why, requirement, message] of badRequirements) {
  test(`require() rejects a requirement that would let too many in: ${why}`, async t => {
    const connect = await createConnect({ ...good, oauth: { scopes: { posts: 'Posts' } } })
    t.throws(() => connect.require(requirement as object), { instanceOf: OptionsError, message })
  })
}
