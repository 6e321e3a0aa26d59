import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import type { Knex } from 'knex'
import Koa from 'koa'
import type { Connect } from '../../src/index.ts'
import { listen } from '../support/inner.ts'
import { ROOT } from '../support/shell.ts'
import { commandLine, DUMP } from './command-line.ts'

const ANNA = '6633824d-c1d7-4f79-9dd5-4586f734d69e'
const PRELUDE = `import { createConnect, embeddedUsers } from '${ROOT}src/index.ts'
import { openDatabase } from '${ROOT}src/server/database.ts'
`

/** Two users, of whom the second has chosen the ID of the first as a login. */
const OWN_USERS = `{
  people: [
    { id: '${ANNA}', login: 'anna', email: 'anna@example.com', name: 'Anna A.', roles: null },
    { id: '8', login: '${ANNA}' },
  ],
  current: async () => null,
  async find(id) { return this.people.find(person => person.id === id) },
  async findByLogin(named) { return this.people.find(({ login, email }) => [login, email].includes(named)) },
  loginUrl: () => '/login',
}`

interface AppFile {
  database: Knex
  connect(): Promise<Connect>
}

/** An app with a file for `--app`, whose parts the test uses too. */
async function app(t: ExecutionContext, { users = OWN_USERS, more = '', url = 'http://localhost:1' } = {}) {
  t.timeout(180_000)
  const commands = await commandLine(t, { CONNECT_APP: './connect.mjs' })
  const file = join(commands.directory, 'connect.mjs')
  await writeFile(
    file,
    `${PRELUDE}
export const database = openDatabase('${commands.environment.DATABASE_URL}')
export const connect = () => createConnect({
  knex: database,
  site: { url: '${url}', name: 'People' },
  secret: 'Zk3vQ0pXw8rT5yLmN2bHc7JdFs9GaU4e',
  users: ${users},
  environment: 'local',
  ${more}
})
`,
  )
  const { database, connect }: AppFile = await import(file)
  t.teardown(() => database.destroy())
  return { ...commands, database, connect: await connect() }
}

/** Options of `createConnect()`. */
const OAUTH = `oauth: { scopes: { posts: 'Posts' } },`

test('--app manages application passwords of an app’s own users, by ID, login and email address', async t => {
  const { ok, fails, connect } = await app(t)
  await ok('migrate')
  const password = (await ok('user', 'application-password', 'create', 'anna', 'Zapier', '--porcelain')).trim()
  const { user, applicationPassword } = await connect.verifyCredentials('anna', password, '192.0.2.7')
  t.is(user.id, ANNA)
  const on = (command: string, named: string, ...args: string[]) =>
    ok('user', 'application-password', command, named, ...args)
  for (const named of ['anna', 'anna@example.com', ANNA]) {
    t.is(await on('list', named, '--field=uuid'), `${applicationPassword.uuid}\n`, named)
  }
  t.is(await on('list', '8', '--format=count'), '0\n')
  await on('update', 'anna', applicationPassword.uuid, '--name=Zapier, new')
  await on('exists', 'anna', 'Zapier, new')
  await on('delete', 'anna', applicationPassword.uuid)
  await t.throwsAsync(connect.verifyCredentials('anna', password, '192.0.2.7'))
  t.deepEqual(JSON.parse(await ok('user', 'get', 'anna', '--format=json')), {
    ID: ANNA,
    user_login: 'anna',
    display_name: 'Anna A.',
    user_email: 'anna@example.com',
    user_registered: '',
    roles: '',
  })
  t.regex(await fails('user', 'get', 'nobody'), /^Error: No user has the ID, email address or login 'nobody'\.\n$/)
})

test('commands for embedded users say what to do in the app instead, and write nothing', async t => {
  const { ok, fails, directory, database } = await app(t)
  await writeFile(join(directory, 'wordpress.sql'), DUMP)
  await ok('migrate')
  const cases: [command: string[], expected: RegExp][] = [
    [['user', 'list'], /connect\.passwordChanged\(id\)/],
    [
      ['user', 'create', 'bob', 'bob@example.com', '--user_pass=correct horse'],
      /create, change and delete them in the app/,
    ],
    [['user', 'update', 'anna', '--role=author'], /in the app/],
    [['user', 'delete', 'anna', '--yes'], /connect\.userDeleted\(id\)/],
    [['import', 'wordpress', '--from=wordpress.sql'], /readWordPress\(\)/],
    [['export', 'wordpress', '--to=mysql://root@127.0.0.1:1/x'], /connect\.applicationPasswords\.export\(user\)/],
  ]
  for (const [command, expected] of cases) {
    const said = await fails(...command)
    t.regex(said, /^Error: This app has its own users, not embeddedUsers\(\)\. [^\n]*\n$/)
    t.regex(said, expected)
  }
  t.false(await database.schema.hasTable('connect_users'))
  t.regex(await fails('serve'), /^Error: serve runs the site of this package\./)
})

test('client, signing-key and doctor work with --app', async t => {
  const server = createServer()
  const url = `http://localhost:${await listen(t, server)}`
  const { ok, run, fails, connect } = await app(t, { url, more: OAUTH })
  connect.on('error', () => {})
  server.on('request', Object.assign(new Koa(), { silent: true }).use(connect.middleware()).callback())
  const unmigrated = await run(['doctor'])
  t.is(unmigrated.code, 1)
  t.regex(
    unmigrated.stdout,
    /^fail {2}The tables are not up to date\..*\n {6}Run npx koa-wp-connect migrate --app=FILE/,
  )

  await ok('migrate')
  const id = (await ok('client', 'create', '--name=Shop', '--redirect-uri=https://a.example/', '--porcelain')).trim()
  t.is((await connect.oauth?.clients.get(id))?.name, 'Shop')
  t.is(await ok('client', 'list', '--field=name'), 'Shop\n')
  await ok('client', 'update', id, '--name=Store')
  t.regex(await ok('client', 'rotate-secret', id, '--porcelain'), /^[\w-]{43}\n$/)
  t.regex(await ok('signing-key', 'rotate'), /^Success: Created signing key /)
  await ok('client', 'delete', id, '--yes')
  t.regex(await ok('doctor'), /\nSuccess: No check failed\.\n$/)

  t.regex(await fails('migrate', '--down'), /would delete all application passwords, applications and connections/)
  t.is(await ok('migrate'), 'Success: The tables are already up to date.\n')
  t.regex(await ok('migrate', '--down', '--yes'), /^Undid 0011-client-owners\n/)
})

test('an app without OAuth: client says which option to set', async t => {
  const { ok, fails } = await app(t)
  await ok('migrate')
  t.regex(await fails('client', 'list'), /^Error: OAuth is not enabled on this site\. Set the option oauth/)
})

test('all commands work on an app with embedded users, with its own options', async t => {
  const { ok, connect } = await app(t, {
    users: 'embeddedUsers()',
    more: `tablePrefix: 'people_', revokeOnPasswordChange: true,`,
  })
  await ok('migrate')
  await ok('user', 'create', 'bob', 'bob@example.com', '--user_pass=correct horse')
  t.is(await ok('user', 'list', '--field=login'), 'bob\n')
  const password = (await ok('user', 'application-password', 'create', 'bob', 'Zapier', '--porcelain')).trim()
  t.is((await connect.verifyCredentials('bob', password, '192.0.2.7')).user.login, 'bob')
  await ok('user', 'update', 'bob', '--user_pass=battery staple')
  t.is(await ok('user', 'application-password', 'list', 'bob', '--format=count'), '0\n', 'as the app’s option says')
  t.is(await ok('user', 'delete', 'bob', '--yes'), 'Success: Removed user 1.\n')
})

test('only migrate changes an app’s tables, and hints contain the command with --app', async t => {
  const { run, fails, database, ok } = await app(t)
  const create = ['user', 'application-password', 'create', 'anna', 'Zapier']
  const hint = (app: string) =>
    `Error: The tables are not up to date, and this command does not change them. Run this first: npm run cli -- ${app}migrate\n`
  t.is(await fails(...create), hint(''), 'found in the environment')
  t.is(await fails(...create, '--app', './connect.mjs'), hint('--app=./connect.mjs '))
  t.is((await run(['user', 'application-password', 'list', 'anna'])).code, 1)
  t.false(await database.schema.hasTable('connect_application_passwords'))
  await ok('migrate')
  await ok(...create)
})

test('without --app, the database of an app with its own users stays unchanged, and the error names --app', async t => {
  const { ok, run } = await app(t)
  await ok('migrate')
  for (const command of ['user list', 'client list', 'migrate', 'doctor']) {
    const { code, stderr } = await run(command.split(' '), { env: { CONNECT_APP: '' } })
    t.is(code, 1)
    t.is(
      stderr,
      'Error: This database belongs to an app with its own users, and nothing was written. Name the app: npm run cli -- --app=./connect.js …\n',
    )
  }
  const served = await run(['serve'], { env: { CONNECT_APP: '' } })
  t.regex(served.stderr, /^Error: This database belongs to an app with its own users, [^\n]* Start the app itself/)
})

/** How a file may export what `createConnect()` returns; `made` is a promise of it. */
const FORMS: Record<string, string> = {
  'named.mjs': 'export const connect = await made',
  'default.mjs': 'export default await made',
  'promise.mjs': 'export default made',
  'function.mjs': 'export default () => made',
  'beside.mjs': 'export const connect = made; export default function createApp() { throw new Error() }',
  'typed.ts': 'export const connect: object = await made',
  'commonjs.cjs': 'module.exports = made',
  'member.cjs': 'const all = { connect: () => made }; module.exports = all',
}

test('a file may export connect by name or as default, as an object, a promise or a function', async t => {
  const { ok, directory } = await app(t)
  for (const [name, code] of Object.entries(FORMS)) {
    await writeFile(
      join(directory, name),
      `const made = import('./connect.mjs').then(({ connect }) => connect())\n${code}\n`,
    )
    t.is(await ok('user', 'get', 'anna', '--field=login', `--app=${name}`), 'anna\n', name)
  }
})

test('a file with another export, or that cannot be loaded, is reported in one line', async t => {
  const { fails, directory } = await app(t)
  const bad: Record<string, [code: string, expected: RegExp]> = {
    'nothing.mjs': [
      '',
      /^Error: nothing\.mjs exports nothing\. --app needs a file that exports the result of createConnect\(\)/,
    ],
    'other.mjs': [
      'export const app = {}, users = []',
      /^Error: other\.mjs exports app, users, but not the result of createConnect\(\)\. /,
    ],
    'throws.mjs': [
      'throw new Error("Set ANNA_PASSWORD")',
      /^Error: throws\.mjs cannot be loaded: Set ANNA_PASSWORD\n$/,
    ],
    'imports.mjs': ['import "./gone.mjs"', /^Error: imports\.mjs cannot be loaded: Cannot find module [^\n]*gone\.mjs/],
    'syntax.mjs': [
      'export const = 1',
      /^Error: syntax\.mjs cannot be loaded: Unexpected [^\n]* \(node syntax\.mjs shows where\)\n$/,
    ],
  }
  for (const [name, [code, expected]] of Object.entries(bad)) {
    await writeFile(join(directory, name), code)
    const said = await fails('user', 'get', 'anna', '--app', name)
    t.regex(said, expected)
    t.is(said.split('\n').length, 2)
  }
  t.regex(
    await fails('user', 'get', 'anna', '--app=gone.mjs'),
    /^Error: This file does not exist: gone\.mjs\. --app needs /,
  )
})

test('the command exits and writes everything, whatever the app keeps open', async t => {
  t.timeout(180_000)
  const { spawned, directory, ok } = await app(t)
  await ok('migrate')
  await writeFile(
    join(directory, 'open.mjs'),
    `import { connect as create } from './connect.mjs'
export const connect = await create()
connect.on('application-password-created', async ({ user }) => {
  await new Promise(resolve => setTimeout(resolve, 300))
  console.log('Mail to ' + user.login)
})
setInterval(() => {}, 1000)
`,
  )
  const listed = await spawned(['user', 'get', 'anna', '--field=login', '--app=open.mjs'])
  t.deepEqual(listed, { code: 0, stdout: 'anna\n', stderr: '' })
  const created = await spawned(['user', 'application-password', 'create', 'anna', 'Zapier', '--app=open.mjs'])
  t.regex(created.stdout, /^Success: .*\nPassword: .*\nMail to anna\n$/, 'the app’s listeners have finished')
  const failed = await spawned(['user', 'get', 'nobody', '--app=open.mjs'])
  t.is(failed.code, 1)
  t.regex(failed.stderr, /^Error: No user has /)

  const port = await listen(t, createServer())
  await writeFile(
    join(directory, 'listens.mjs'),
    `import { createServer } from 'node:http'\nexport { connect } from './connect.mjs'\ncreateServer().listen(${port})\nawait new Promise(() => setInterval(() => {}, 1000))\n`,
  )
  const listening = await spawned(['user', 'get', 'anna', '--app=listens.mjs'])
  t.is(listening.code, 1)
  t.regex(
    listening.stderr,
    /^Error: listens\.mjs starts a server, and its port is taken \([^\n]*\)\. [^\n]* move app\.listen\(\) to another file\.\n$/,
  )
})
