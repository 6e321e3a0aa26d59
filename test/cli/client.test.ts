import test, { type ExecutionContext } from 'ava'
import { authorize, bearer, CALLBACK, redeem, refresh } from '../support/oauth.ts'
import { commandLine } from './command-line.ts'

const NOT_FOUND = 'Error: No application has this client ID.\n'
const SECRET = /^[\w-]{43}$/
const CREATE = ['client', 'create', '--name=Shop', `--redirect-uri=${CALLBACK}`]

/** Each command is a process of its own, and a busy machine starts few a second. */
function start(t: ExecutionContext) {
  t.timeout(180_000)
  return commandLine(t)
}

test('an application created by the command works on the running site, until the command deletes it', async t => {
  const { ok, serve } = await start(t)
  await ok('user', 'create', 'bob', 'bob@example.com', '--user_pass=correct horse')
  const site = await serve()
  const created = JSON.parse(await ok(...CREATE, '--format=json'))
  const app = { id: created.client_id, secret: created.client_secret, redirectUri: CALLBACK }
  await site.client.login('bob', 'correct horse')
  const tokens = (await redeem(site, app, await authorize(site.client, app))).json
  const status = async () => (await site.client.get('/api/posts', { headers: bearer(tokens.access_token) })).status
  t.is(await status(), 200)

  const secret = (await ok('client', 'rotate-secret', app.id, '--porcelain')).trim()
  t.is((await refresh(site, app, tokens.refresh_token)).status, 401)
  t.is((await refresh(site, { ...app, secret }, tokens.refresh_token)).status, 200)
  t.is(await status(), 200)

  t.is(await ok('client', 'delete', app.id, '--yes'), `Success: Deleted client ${app.id}.\n`)
  t.is(await status(), 401)
  t.is(await ok('client', 'list', '--format=count'), '0\n')
})

test('create and rotate-secret: the secret is shown once, in each format', async t => {
  const { ok, run } = await start(t)
  const all = [
    ...CREATE,
    '--redirect-uri=https://app.example/b',
    '--website=https://app.example',
    '--description=Sells',
  ]
  const created = JSON.parse(await ok(...all, '--legacy', '--format=json'))
  const { client_id: id, client_secret: secret, ...rest } = created
  t.deepEqual(Object.keys(created).slice(0, 3), ['client_id', 'client_secret', 'name'])
  t.regex(id, /^\d{12}$/)
  t.regex(secret, SECRET)
  const details = {
    name: 'Shop',
    redirect_uris: [CALLBACK, 'https://app.example/b'],
    website: 'https://app.example',
    description: 'Sells',
    type: 'web',
    legacy: true,
    self_registered: false,
    owner_id: null,
    created: rest.created,
  }
  t.deepEqual(rest, details)
  t.true(Math.abs(rest.created - Date.now() / 1000) < 60)
  for (const args of [
    ['get', id],
    ['get', id, '--format=json'],
    ['list', '--format=json'],
    ['list', '--format=csv'],
  ])
    t.notRegex(await ok('client', ...args), /secret|[\w-]{43}/)
  t.deepEqual(JSON.parse(await ok('client', 'get', id, '--format=json')), { client_id: id, ...details })

  const rotated = JSON.parse(await ok('client', 'rotate-secret', id, '--format=json'))
  t.deepEqual(rotated, { client_id: id, client_secret: rotated.client_secret, ...details })
  t.regex(rotated.client_secret, SECRET)
  t.not(rotated.client_secret, secret)
  const shown = await ok('client', 'rotate-secret', id)
  t.true(
    shown.startsWith(`Success: Created a new secret for client ${id}. The secret is shown only once.\nField\tValue\n`),
  )
  t.regex(shown, new RegExp(`^client_id\t${id}\nclient_secret\t[\\w-]{43}\nname\tShop\n`, 'm'))
  t.regex(await ok('client', 'rotate-secret', id, '--porcelain'), /^[\w-]{43}\n$/)

  const bordered = await run(CREATE, { isTTY: true })
  t.regex(bordered.stdout, /^Success: Created client \d{12}\. The secret is shown only once\.\n\+-+\+-+\+\n\| Field /)
  t.regex(bordered.stdout, /\n\| client_secret {3}\| [\w-]{43} \|\n/)
})

test('a native application has no secret, unless it is a legacy one', async t => {
  const { ok, fails } = await start(t)
  const native = [...CREATE.slice(0, 3), '--type=native', '--redirect-uri=my.app:/callback']
  const created = JSON.parse(await ok(...native, '--format=json'))
  t.false('client_secret' in created)
  t.is(created.type, 'native')
  t.regex(await ok(...native), /^Success: Created client \d{12}\.\nField\tValue\nclient_id\t\d{12}\nname\tShop\n/)
  t.regex(JSON.parse(await ok(...native, '--legacy', '--format=json')).client_secret, SECRET)
  t.is(
    await fails('client', 'rotate-secret', created.client_id),
    'Error: A native application has no secret. It does not need one.\n',
  )
  t.regex(await fails('client', 'update', created.client_id, '--legacy'), /^Error: [^\n]*Create a new client\.\n$/)
})

test('list and get: fields and formats', async t => {
  const { ok, fails } = await start(t)
  const one = (await ok(...CREATE, '--redirect-uri=http://localhost/b', '--porcelain')).trim()
  t.is(
    await ok('client', 'list', '--fields=client_id,name,type,legacy'),
    `client_id\tname\ttype\tlegacy\n${one}\tShop\tweb\tfalse\n`,
  )
  t.regex(await ok('client', 'list'), /^client_id\tname\ttype\tlegacy\tself_registered\tcreated\n/)
  t.regex(await ok('client', 'list', '--format=csv'), /^client_id,name,redirect_uris,website,description,type,/)
  t.is(await ok('client', 'list', '--format=ids'), `${one}\n`)
  t.is(await ok('client', 'list', '--field=client_id'), `${one}\n`)
  t.is(await ok('client', 'get', one, '--field=redirect_uris'), `${CALLBACK} http://localhost/b\n`)
  t.is(
    await ok('client', 'get', one, '--field=redirect_uris', '--format=json'),
    `${JSON.stringify([CALLBACK, 'http://localhost/b'])}\n`,
  )
  t.regex(await fails('client', 'get', one, '--field=secret_hash'), /^Error: Invalid field: secret_hash\. [^\n]*\n$/)
  t.regex(await fails('client', 'list', '--format=yaml'), /^Error: [^\n]* Allowed choices are table, csv, json,/)
})

test('update: only the given fields change', async t => {
  const { ok, fails } = await start(t)
  const id = (await ok(...CREATE, '--website=https://app.example', '--legacy', '--porcelain')).trim()
  const get = async () => JSON.parse(await ok('client', 'get', id, '--format=json'))
  const before = await get()
  const update = (...args: string[]) => ok('client', 'update', id, ...args)

  t.is(await update('--name=Shop 2'), `Success: Updated client ${id}.\n`)
  t.deepEqual(await get(), { ...before, name: 'Shop 2' })
  await update('--redirect-uri=https://a.example/', '--redirect-uri=https://b.example/', '--no-legacy', '--website=')
  const after = { ...before, name: 'Shop 2', redirect_uris: ['https://a.example/', 'https://b.example/'], website: '' }
  t.deepEqual(await get(), { ...after, legacy: false })
  await update('--legacy', '--description=Sells')
  t.deepEqual(await get(), { ...after, description: 'Sells' })

  t.regex(await fails('client', 'update', id), /^Error: Nothing to change. Pass --name, [^\n]*\n$/)
  t.regex(await fails('client', 'update', id, '--type=native'), /^Error: unknown option '--type=native'/)
  t.regex(await fails('client', 'update', id, '--name='), /^Error: The name must have [^\n]*\n$/)
  t.is(await fails('client', 'update', '1', '--name=x'), NOT_FOUND)
  t.deepEqual(await get(), { ...after, description: 'Sells' })
})

test('delete asks for confirmation', async t => {
  const { ok, run, fails } = await start(t)
  const id = (await ok(...CREATE, '--porcelain')).trim()
  const question = 'Delete Shop and end all of its connections? [y/n] '
  for (const input of ['', 'n\n']) {
    const { code, stdout, stderr } = await run(['client', 'delete', id], { input })
    t.deepEqual({ code, stdout }, { code: 1, stdout: '' })
    t.true(stderr.startsWith(question))
    t.true(stderr.endsWith('Error: Nothing was deleted. Answer y or pass --yes.\n'))
  }
  const { code, stdout, stderr } = await run(['client', 'delete', id], { input: 'y\n' })
  t.deepEqual({ code, stdout, stderr }, { code: 0, stdout: `Success: Deleted client ${id}.\n`, stderr: question })
  for (const command of [['get'], ['delete', '--yes'], ['rotate-secret']])
    t.is(await fails('client', ...command, id), NOT_FOUND)
})

test('an error is reported in one line, and nothing is created', async t => {
  const { ok, fails } = await start(t)
  await ok('migrate')
  const create = (...args: string[]) => fails('client', 'create', ...args)
  t.regex(await create('--name=Shop'), /^Error: required option '--redirect-uri <uri>' not specified\n/)
  t.regex(await create(`--redirect-uri=${CALLBACK}`), /^Error: required option '--name <name>' not specified\n/)
  t.regex(
    await fails(...CREATE, '--type=mobile'),
    /^Error: option '--type <type>' [^\n]* Allowed choices are web, native/,
  )
  t.regex(
    await create('--name=Shop', '--redirect-uri=http://app.example/'),
    /^Error: The redirect address "http:\/\/app\.example\/" must begin with https:\/\/\. [^\n]*\n$/,
  )
  t.regex(await fails(...CREATE, '--redirect-uri=javascript:alert(1)'), /^Error: [^\n]* must not use javascript:\.\n$/)
  t.regex(await fails(...CREATE, '--website=app.example'), /^Error: The website must be [^\n]*\n$/)
  t.regex(await fails(...CREATE, '--name=\u001B[2J'), /^Error: The name must have [^\n]*\n$/)
  t.is(await ok('client', 'list', '--format=count'), '0\n')
})

test('signing-key rotate creates a key that is published at once and signs later', async t => {
  const { ok, serve } = await start(t)
  const site = await serve()
  const kids = async () =>
    (await site.client.get('/.well-known/jwks.json')).json.keys.map(({ kid }: { kid: string }) => kid)
  const first: string[] = await kids()
  const [, made = ''] =
    /^Success: Created signing key ([\w-]+)\. It begins to sign in ten minutes\.\n$/.exec(
      await ok('signing-key', 'rotate'),
    ) ?? []
  t.not(made, '')
  await site.stop()
  const restarted = await serve()
  const { keys } = (await restarted.client.get('/.well-known/jwks.json')).json
  t.deepEqual(
    keys.map(({ kid }: { kid: string }) => kid),
    // One for each algorithm.
    [...first, `${made}-rs256`, made],
  )
})

test('every command has help', async t => {
  const { ok } = await start(t)
  const commands = ['create', 'list', 'get', 'update', 'rotate-secret', 'delete'].map(name => ['client', name])
  for (const command of [['client'], ...commands, ['signing-key'], ['signing-key', 'rotate']]) {
    const help = await ok(...command, '--help')
    t.true(help.startsWith(`Usage: ${['npm run cli --', ...command].join(' ')} `), help)
  }
})
