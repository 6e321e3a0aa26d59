import test, { type ExecutionContext } from 'ava'
import { basic, ME } from '../support/client.ts'
import { commandLine } from './command-line.ts'

const APP_ID = '0f3b1e1c-aaaa-4bbb-8ccc-0123456789ab'
const PASSWORD = /^[A-Za-z0-9]{24}$/

async function withBob(t: ExecutionContext) {
  const cli = await commandLine(t)
  await cli.ok('user', 'create', 'bob', 'bob@example.com', '--porcelain')
  const on = (command: string, ...args: string[]) => ['user', 'application-password', command, 'bob', ...args]
  return {
    ...cli,
    on,
    ok: (command: string, ...args: string[]) => cli.ok(...on(command, ...args)),
    fails: (command: string, ...args: string[]) => cli.fails(...on(command, ...args)),
    okay: cli.ok,
  }
}

test('a password created by the command works on the running site, until the command deletes it', async t => {
  const { ok, okay, serve } = await withBob(t)
  const site = await serve()
  const status = async (password: string) => (await site.client.get(ME, { headers: basic('bob', password) })).status

  const created = await ok('create', 'Zapier', `--app-id=${APP_ID}`)
  const [, password = ''] = /^Success: Created application password\.\nPassword: (\S+)\n$/.exec(created) ?? []
  t.regex(password, PASSWORD)
  t.is(await status(password), 200)
  const other = (await ok('create', 'n8n', '--porcelain')).trim()
  const third = (await ok('create', 'Make', '--porcelain')).trim()
  t.is(await status(other), 200)

  const uuid = (await ok('list', '--name=Zapier', '--field=uuid')).trim()
  t.is(await ok('delete', uuid), 'Success: Deleted 1 of 1 application password.\n')
  t.is(await status(password), 401)
  t.is(await status(other), 200)

  t.is(await ok('delete', '--all'), 'Success: Deleted all application passwords.\n')
  t.is(await status(other), 401)
  t.is(await ok('list', '--format=count'), '0\n')

  const last = (await ok('create', 'Last', '--porcelain')).trim()
  t.is(await status(last), 200)
  await okay('user', 'delete', 'bob', '--yes')
  t.is(await status(last), 401)
  t.is(await status(third), 401)
})

test('deleting a user deletes their application passwords', async t => {
  const { ok, okay, fails, environment } = await withBob(t)
  await ok('create', 'Zapier')
  await okay('user', 'delete', 'bob', '--yes')
  t.regex(await fails('list'), /^Error: No user has /)
  const { openDatabase } = await import('../../src/server/database.ts')
  const database = openDatabase(environment.DATABASE_URL ?? '')
  t.teardown(() => database.destroy())
  t.deepEqual(await database('connect_application_passwords'), [])
})

test('list: fields, formats, filters and order; never a hash', async t => {
  const { ok, fails, run, on } = await withBob(t)
  const began = Math.floor(Date.now() / 1000)
  await ok('create', 'Beta')
  await ok('create', '=Alpha, "1"', `--app-id=${APP_ID}`)
  await ok('create', 'Gamma')

  t.is(await ok('list', '--fields=name,app_id'), `name\tapp_id\nGamma\t\n=Alpha, "1"\t${APP_ID}\nBeta\t\n`)
  t.is(
    await ok('list', '--fields=name,app_id', '--format=csv', '--orderby=name', '--order=asc'),
    ['name,app_id', `"'=Alpha, ""1""",${APP_ID}`, 'Beta,', 'Gamma,', ''].join('\n'),
  )
  t.is(await ok('list', '--field=name', '--order=asc'), 'Beta\n=Alpha, "1"\nGamma\n')
  const bordered = await run(on('list', '--fields=name', '--name=Beta'), { isTTY: true })
  t.is(bordered.stdout, '+------+\n| name |\n+------+\n| Beta |\n+------+\n')

  const all = JSON.parse(await ok('list', '--format=json', '--order=asc'))
  t.is(all.length, 3)
  t.deepEqual(Object.keys(all[0]), ['uuid', 'app_id', 'name', 'created', 'last_used', 'last_ip'])
  t.like(all[0], { app_id: '', name: 'Beta', last_used: null, last_ip: null })
  t.true(all[0].created >= began && all[0].created <= Date.now() / 1000)
  const uuids = all.map((each: { uuid: string }) => each.uuid)
  t.is(await ok('list', '--format=ids', '--order=asc'), `${uuids.join(' ')}\n`)

  for (const flag of ['--app_id', '--app-id']) {
    t.is(await ok('list', `${flag}=${APP_ID}`, '--field=name'), '=Alpha, "1"\n')
  }
  t.is(await ok('list', `--uuid=${uuids[2]}`, '--field=name'), 'Gamma\n')
  t.is(await ok('list', '--name=beta', '--format=count'), '0\n')
  t.is(await ok('list', '--last-used=', '--format=count'), '3\n')
  t.regex(await fails('list', '--field=password'), /^Error: Invalid field: password\. /)
  t.regex(await fails('list', '--orderby=password'), /^Error: option '--orderby <field>' /)
  t.regex(await fails('list', '--order=up'), /^Error: option '--order <order>' /)
})

test('get, update, exists, record-usage', async t => {
  const { ok, fails, run, on } = await withBob(t)
  await ok('create', 'My  App')
  const uuid = (await ok('list', '--field=uuid')).trim()

  const [, row = ''] = (await ok('get', uuid)).split('\n')
  t.regex(row, new RegExp(`^${uuid}\t\tMy App\t\\d+\t\t$`))
  t.is(await ok('get', uuid, '--field=name'), 'My App\n')
  t.is(await ok('get', uuid, '--fields=name', '--format=json'), '[{"name":"My App"}]\n')
  t.is(await ok('get', uuid, '--fields=name,app_id', '--format=csv'), 'name,app_id\n"My App",\n')

  for (const name of ['My App', 'my app', 'My  App']) t.deepEqual(await run(on('exists', name)), silent(0))
  t.deepEqual(await run(on('exists', 'My')), silent(1))

  t.is(await ok('update', uuid, '--name=Renamed'), 'Success: Updated application password.\n')
  t.is(await ok('get', uuid, '--field=name'), 'Renamed\n')
  t.is(await fails('update', uuid, '--name= '), 'Error: Enter a name for the application password.\n')
  t.regex(await fails('update', uuid), /^Error: required option '--name <name>' not specified\n/)

  t.is(await ok('get', uuid, '--field=last_used'), '\n')
  t.is(await ok('record-usage', uuid), 'Success: Recorded application password usage.\n')
  t.regex(await ok('get', uuid, '--field=last_used'), /^\d{10}\n$/)

  const none = 'Error: This application password does not exist. It may have been revoked.\n'
  t.is(await fails('get', '123'), none)
  t.is(await fails('update', '123', '--name=x'), none)
  t.is(await fails('record-usage', '123'), none)
})

const silent = (code: number) => ({ code, stdout: '', stderr: '' })

test('a rejected command changes nothing', async t => {
  const { ok, fails, run, on, okay } = await withBob(t)
  t.is(await fails('create', ''), 'Error: Enter a name for the application password.\n')
  t.is(await fails('create', 'x'.repeat(201)), 'Error: The name is too long. Use at most 200 characters.\n')
  for (const appId of ['42', APP_ID.toUpperCase()]) {
    t.regex(await fails('create', 'x', `--app-id=${appId}`), /^Error: The application ID must be a lower-case UUID\./)
  }
  t.regex(await fails('create'), /^Error: missing required argument 'app-name'\n/)
  t.is(await ok('list', '--format=count'), '0\n')

  await ok('create', 'x')
  const uuid = (await ok('list', '--field=uuid')).trim()
  const choose = 'Error: Pass one or more UUIDs, or --all.\n'
  t.is(await fails('delete'), choose)
  t.is(await fails('delete', uuid, '--all'), choose)

  await okay('user', 'create', 'ann', 'ann@example.com', '--porcelain')
  const theirs = await run(['user', 'application-password', 'delete', 'ann', uuid])
  t.deepEqual(theirs, {
    code: 1,
    stdout: 'Success: Deleted 0 of 1 application password.\n',
    stderr: `Warning: Failed to delete UUID ${uuid}: This application password does not exist. It may have been revoked.\n`,
  })
  const some = await run(on('delete', 'nonsense', uuid))
  t.deepEqual([some.code, some.stdout], [1, 'Success: Deleted 1 of 2 application passwords.\n'])
  for (const args of [['list'], ['create', 'x'], ['exists', 'x'], ['delete', '--all']]) {
    const [command = '', ...rest] = args
    const { code, stderr } = await run(['user', 'application-password', command, 'nobody', ...rest])
    t.deepEqual([code, stderr], [1, "Error: No user has the ID, email address or login 'nobody'.\n"])
  }
})
