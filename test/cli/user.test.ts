import test from 'ava'
import { commandLine } from './command-line.ts'

const NOT_FOUND = "No user has the ID, email address or login 'nobody'.\n"

test('create: an administrator before the first start, and other users', async t => {
  const { ok, run, serve } = await commandLine(t)
  const created = await ok(
    ...['user', 'create', 'admin', 'admin@example.com', '--role=administrator', '--user_pass=correct horse'],
  )
  t.is(created, 'Success: Created user 1.\n')
  const bob = await ok('user', 'create', 'bob', 'bob@example.com', '--display_name=Bob B.')
  const [, password = ''] = /^Success: Created user 2\.\nPassword: ([A-Za-z0-9]{24})\n$/.exec(bob) ?? []
  t.not(password, '')
  t.is(await ok('user', 'create', 'ann', 'ann@example.com', '--porcelain'), '3\n')

  const users = JSON.parse(await ok('user', 'list', '--fields=ID,user_login,display_name,roles', '--format=json'))
  t.deepEqual(users, [
    { ID: 1, user_login: 'admin', display_name: 'admin', roles: 'administrator' },
    { ID: 2, user_login: 'bob', display_name: 'Bob B.', roles: 'subscriber' },
    { ID: 3, user_login: 'ann', display_name: 'ann', roles: 'subscriber' },
  ])

  const site = await serve()
  t.notRegex(site.output(), /Password/)
  await t.notThrowsAsync(site.client.login('admin', 'correct horse'))
  await t.notThrowsAsync(site.client.login('bob@example.com', password))

  await ok('user', 'update', 'bob', '--user_pass=battery staple')
  t.is((await site.client.get('/wp-admin/profile.php')).status, 302, 'a new password logs out')
  await t.throwsAsync(site.client.login('bob', password))
  await t.notThrowsAsync(site.client.login('bob', 'battery staple'))
  t.is((await run(['user', 'create', 'eve', 'eve@example.com', '--user_pass='])).code, 1)
})

test('create: an error is reported in one line, and no user is created', async t => {
  const { ok, fails } = await commandLine(t)
  await ok('user', 'create', 'bob', 'bob@example.com', '--porcelain')
  const create = (...args: string[]) => fails('user', 'create', ...args)
  t.is(await create('Bob', 'x@example.com'), 'Error: A user with this login or email address already exists.\n')
  t.is(await create('x', 'BOB@example.com'), 'Error: A user with this login or email address already exists.\n')
  t.is(await create('x', 'not an address'), 'Error: "not an address" is not an email address.\n')
  t.regex(await create('x\u001B[2J', 'x@example.com'), /^Error: The login must have [^\n]*\n$/)
  t.regex(await create('x', 'x@example.com', '--user_pass='), /^Error: The password must have [^\n]*\n$/)
  t.regex(
    await create('x', 'x@example.com', '--role=god'),
    /^Error: option '--role <role>' [^\n]* is invalid\. Allowed/,
  )
  t.regex(await create('x'), /^Error: missing required argument 'email'\n/)
  t.regex(await create('x', 'x@example.com', 'y'), /^Error: too many arguments/)
  t.is(await ok('user', 'list', '--format=count'), '1\n')
})

test('list and get: fields and formats', async t => {
  const { ok, fails, run } = await commandLine(t)
  await ok('user', 'create', 'admin', 'admin@example.com', '--role=administrator')
  await ok('user', 'create', 'bob', 'bob@example.com', '--display_name=boß, "B"')
  const registered = (await ok('user', 'get', 'admin', '--field=user_registered')).trim()
  t.regex(registered, /^20\d\d-\d\d-\d\d \d\d:\d\d:\d\d$/)

  t.is(
    await ok('user', 'list', '--role=administrator', '--format=csv', '--fields=ID,user_login,user_registered'),
    ['ID,user_login,user_registered', `1,admin,"${registered}"`, ''].join('\n'),
  )
  t.is(
    await ok('user', 'list', '--fields=ID,login,display_name'),
    ['ID\tuser_login\tdisplay_name', '1\tadmin\tadmin', '2\tbob\tboß, "B"', ''].join('\n'),
  )
  const bordered = await run(['user', 'list', '--fields=ID,roles'], { isTTY: true })
  t.is(
    bordered.stdout,
    [
      '+----+---------------+',
      '| ID | roles         |',
      '+----+---------------+',
      '| 1  | administrator |',
      '| 2  | subscriber    |',
      '+----+---------------+',
      '',
    ].join('\n'),
  )
  t.is(await ok('user', 'list', '--format=ids'), '1 2\n')
  t.is(await ok('user', 'list', '--role=editor', '--format=count'), '0\n')
  t.is(await ok('user', 'list', '--field=ID'), '1\n2\n')
  t.regex(await fails('user', 'list', '--field=user_pass'), /^Error: Invalid field: user_pass\. [^\n]*\n$/)
  t.regex(
    await fails('user', 'list', '--format=yaml'),
    /^Error: [^\n]* Allowed choices are table, csv, json, count, ids/,
  )

  for (const named of ['2', 'BOB', 'bob@Example.com']) t.is(await ok('user', 'get', named, '--field=login'), 'bob\n')
  t.deepEqual(JSON.parse(await ok('user', 'get', 'admin', '--format=json')), {
    ID: 1,
    user_login: 'admin',
    display_name: 'admin',
    user_email: 'admin@example.com',
    user_registered: registered,
    roles: 'administrator',
  })
  t.is(await ok('user', 'get', '1', '--fields=ID,login'), 'Field\tValue\nID\t1\nuser_login\tadmin\n')
  t.is(await fails('user', 'get', 'nobody'), `Error: ${NOT_FOUND}`)
  for (const named of ['3', '0', '01', '99999999999999999999', '']) await fails('user', 'get', named)
})

test('update: several users, some of whom fail', async t => {
  const { ok, fails, run } = await commandLine(t)
  await ok('user', 'create', 'ann', 'ann@example.com', '--porcelain')
  await ok('user', 'create', 'bob', 'bob@example.com', '--porcelain')
  t.is(
    await ok('user', 'update', 'ann', '2', '--role=editor', '--display_name=X'),
    ['Success: Updated user 1.', 'Success: Updated user 2.', ''].join('\n'),
  )
  t.is(await ok('user', 'list', '--role=editor', '--format=count'), '2\n')
  t.deepEqual(await run(['user', 'update', 'nobody', 'ann', 'ann', '--user_email=a@example.com']), {
    code: 1,
    stdout: 'Success: Updated user 1.\n',
    stderr: `Warning: ${NOT_FOUND}`,
  })
  t.is(
    await fails('user', 'update', 'ann', '--user_email=bob@example.com'),
    'Warning: Failed to update user 1: A user with this login or email address already exists.\n',
  )
  t.is(await ok('user', 'get', 'ann', '--field=email'), 'a@example.com\n')
  t.regex(await fails('user', 'update', 'ann'), /^Error: Nothing to change/)
  t.regex(await fails('user', 'update', 'ann', '--user_login=x'), /^Error: unknown option '--user_login=x'/)
})

test('delete asks for confirmation, and deletes the application passwords too', async t => {
  const { ok, run } = await commandLine(t)
  await ok('user', 'create', 'ann', 'ann@example.com', '--porcelain')
  await ok('user', 'create', 'bob', 'bob@example.com', '--porcelain')
  await ok('user', 'create', 'cleo', 'cleo@example.com', '--porcelain')

  const question = 'Delete ann, bob and all of their application passwords? [y/n] '
  for (const input of ['', 'n\n', 'maybe\n']) {
    const { code, stdout, stderr } = await run(['user', 'delete', 'ann', 'bob'], { input })
    t.deepEqual({ code, stdout }, { code: 1, stdout: '' })
    t.true(stderr.startsWith(question))
    t.true(stderr.endsWith('Error: No users deleted. Answer y or pass --yes.\n'))
  }
  t.is(await ok('user', 'list', '--format=count'), '3\n')

  t.deepEqual(await run(['user', 'delete', 'ann', 'bob'], { input: 'y\n', env: { SITE_URL: 'https://example.com' } }), {
    code: 0,
    stdout: 'Success: Removed user 1.\nSuccess: Removed user 2.\n',
    stderr: question,
  })
  const again = await run(['user', 'delete', 'nobody', 'cleo', '--yes'])
  t.deepEqual([again.code, again.stderr], [1, `Warning: ${NOT_FOUND}`])
  t.regex(again.stdout, /^Success: Removed user 3\.$/m)
  t.deepEqual(await run(['user', 'delete', 'nobody']), { code: 1, stdout: '', stderr: `Warning: ${NOT_FOUND}` })
  t.is(await ok('user', 'list', '--format=ids'), '\n')
})
