import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'
import { commandLine, ended, MAIN } from './command-line.ts'

test('every command has help', async t => {
  const { ok } = await commandLine(t)
  const commands = [
    [],
    ['serve'],
    ['migrate'],
    ['doctor'],
    ['import', 'wordpress'],
    ['export', 'wordpress'],
    ['user'],
    ...['create', 'list', 'get', 'update', 'delete', 'application-password'].map(name => ['user', name]),
    ...['create', 'list', 'get', 'update', 'delete', 'exists', 'record-usage'].map(name => [
      'user',
      'application-password',
      name,
    ]),
  ]
  for (const command of commands) {
    const help = await ok(...command, '--help')
    t.true(help.startsWith(`Usage: ${['npm run cli --', ...command].join(' ')} `), help)
  }
  t.regex(await ok('--version'), /^\d+\.\d+\.\d+\S*\n$/)
})

test('every command is a process that ends by itself', async t => {
  const { spawned } = await commandLine(t, {
    CONNECT_SECRET: 'Zk3vQ0pXw8rT5yLmN2bHc7JdFs9GaU4e',
    SITE_URL: 'http://localhost:1',
  })
  const commands: [args: string[], code: number, stdout: RegExp, stderr: RegExp][] = [
    [['migrate'], 0, /Success: Ran \d+ migrations\.\n$/, /^$/],
    [['user', 'create', 'bob', 'bob@example.com'], 0, /^Success: Created user 1\.\nPassword: \w+\n$/, /^$/],
    [['user', 'list', '--field=login'], 0, /^bob\n$/, /^$/],
    [['user', 'application-password', 'create', 'bob', 'x', '--porcelain'], 0, /^[A-Za-z0-9 ]+\n$/, /^$/],
    [['user', 'application-password', 'exists', 'bob', 'y'], 1, /^$/, /^$/],
    [['user', 'update', 'bob', 'eve', '--role=author'], 1, /^Success: Updated user 1\.\n$/, /^Warning: .*\n$/],
    [['client', 'create', '--name=x', '--redirect-uri=https://a.example/', '--porcelain'], 0, /^\d{12}\n$/, /^$/],
    [['client', 'list', '--format=count'], 0, /^1\n$/, /^$/],
    [['signing-key', 'rotate'], 0, /^Success: Created signing key .*\n$/, /^$/],
    [['doctor'], 1, /^fail {2}No server responds at /m, /^Error: 1 check failed\.\n$/],
    [['import', 'wordpress', '--from=none.sql'], 1, /^$/, /^Error: This file does not exist: none\.sql\n$/],
    [['user', 'delete', 'bob'], 1, /^$/, /\? \[y\/n\] \nError: No users deleted\. .*\n$/],
    [['usr'], 1, /^$/, /^Error: unknown command 'usr'\n/],
    [['migrate', '--down', '--yes'], 0, /Success: Undid \d+ migrations\.\n$/, /^$/],
    [['user', 'list'], 1, /^$/, /^Error: No site found: .*\n$/],
  ]
  for (const [args, code, stdout, stderr] of commands) {
    const ended = await spawned(args)
    t.is(ended.code, code, `${args.join(' ')}: ${ended.stderr}`)
    t.regex(ended.stdout, stdout, args.join(' '))
    t.regex(ended.stderr, stderr, args.join(' '))
  }
})

test('an unknown command or option exits with 1 and prints a hint', async t => {
  const { fails } = await commandLine(t)
  const see = (command: string) => `See 'npm run cli --${command} --help'.\n`
  t.is(await fails('usr'), `Error: unknown command 'usr'\n(Did you mean user?)\n${see('')}`)
  t.is(
    await fails('user', 'application-password', 'lst', 'bob'),
    `Error: unknown command 'lst'\n(Did you mean list?)\n${see(' user application-password')}`,
  )
  t.is(
    await fails('user', 'list', '--formt'),
    `Error: unknown option '--formt'\n(Did you mean --format?)\n${see(' user list')}`,
  )
  t.regex(await fails('x\u001B[2Jx'), /^Error: unknown command 'x\\u001b\[2Jx'\n/)
  for (const group of [[], ['user'], ['user', 'application-password']]) {
    t.regex(await fails(...group), /^Usage: npm run cli -- .*\n/)
  }
})

test('help shows the help of the named command', async t => {
  const { ok } = await commandLine(t)
  for (const command of [
    ['help', 'user', 'create'],
    ['user', 'help', 'create'],
  ]) {
    t.regex(await ok(...command), /^Usage: npm run cli -- user create /)
  }
  t.regex(await ok('help'), /^Usage: npm run cli -- \[/)
})

test('a file that is unreadable, or not a dump, is reported in plain words', async t => {
  const { fails, directory } = await commandLine(t)
  const importFrom = (path: string) => fails('import', 'wordpress', `--from=${path}`)
  t.is(await importFrom('none.sql'), 'Error: This file does not exist: none.sql\n')
  t.is(await importFrom('.'), 'Error: This is a directory, not a file.\n')
  await writeFile(join(directory, 'README.md'), "# Read me\n\nIt isn\u2019t a dump, and it doesn't end.\n")
  t.regex(
    await importFrom('README.md'),
    /^Error: "README\.md" is not a complete SQL dump of a WordPress database: [^\n]*\n$/,
  )
})

if (existsSync('/dev/full')) {
  test('a full disk is reported in one line, with exit code 1', async t => {
    const { environment, directory } = await commandLine(t)
    for (const args of [['--help'], ['user', 'create', 'bob', 'bob@example.com', '--user_pass=correct horse']]) {
      const full = openSync('/dev/full', 'w')
      const child = spawn(process.execPath, [MAIN, ...args], {
        cwd: directory,
        env: environment,
        stdio: ['ignore', full, 'pipe'],
      })
      closeSync(full)
      const { code, stderr } = await ended(child)
      t.deepEqual(
        { code, stderr },
        { code: 1, stderr: 'Error: The output cannot be written: no space is left on the device.\n' },
      )
    }
  })
}

test('an old Node, or a clone without its packages, is reported in one line', async t => {
  const { environment, directory } = await commandLine(t)
  const start = fileURLToPath(new URL('../../src/cli/start.js', import.meta.url))
  const pretend = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.11.0"})`
  const run = (file: string, ...flags: string[]) =>
    ended(spawn(process.execPath, [...flags, file, '--version'], { cwd: directory, env: environment }))
  for (const file of [MAIN, start]) {
    const { code, stdout, stderr } = await run(file, `--import=${pretend}`)
    t.deepEqual({ code, stdout }, { code: 1, stdout: '' })
    t.regex(stderr, /^Error: [^\n]*needs Node 22\.20 or later. This is Node 20\.11\.0\.[^\n]*\n$/)
  }
  t.is((await run(start)).code, 0)

  await mkdir(join(directory, 'src', 'cli'), { recursive: true })
  await copyFile(start, join(directory, 'src', 'cli', 'start.js'))
  await writeFile(join(directory, 'src', 'cli', 'main.ts'), "import 'commander-that-is-not-there'\n")
  await writeFile(join(directory, 'package.json'), '{"type":"module","engines":{"node":">=22.20"}}')
  const { code, stderr } = await run(join(directory, 'src', 'cli', 'start.js'))
  t.is(code, 1)
  t.regex(stderr, /^Error: The packages are not installed\. In a clone, run npm ci first: [^\n]*\n$/)
})

const BAD_ENVIRONMENTS: Record<string, [Record<string, string>, RegExp]> = {
  PORT: [{ PORT: 'http' }, /^Error: Bad environment: PORT: expected a port number\n$/],
  DATABASE_URL: [{ DATABASE_URL: 'site.db' }, /^Error: Bad environment: DATABASE_URL: expected sqlite:FILE, [^\n]*\n$/],
  SITE_URL: [{ SITE_URL: 'example.com' }, /^Error: Bad environment: SITE_URL: expected an http[^\n]*\n$/],
  'SITE_URL with a query': [{ SITE_URL: 'https://example.com/?a=b' }, /^Error: [^\n]*site\.url: expected [^\n]*\n$/],
  CONNECT_SECRET: [{ CONNECT_SECRET: 'short' }, /^Error: Bad environment: CONNECT_SECRET: [^\n]*\n$/],
  two: [{ PORT: '-1', ADMIN_EMAIL: 'x' }, /^Error: Bad environment: PORT: [^\n]*; ADMIN_EMAIL: [^\n]*\n$/],
}
for (const [name, [env, expected]] of Object.entries(BAD_ENVIRONMENTS)) {
  test(`a bad environment variable stops a command with one line: ${name}`, async t => {
    const { fails } = await commandLine(t, env)
    t.regex(await fails(...(name.includes('query') ? ['migrate'] : ['user', 'list'])), expected)
    if (name === 'PORT') for (const command of ['serve', 'migrate']) t.regex(await fails(command), expected)
  })
}

test('an unusable database is reported in one line, without its password', async t => {
  const { run, directory } = await commandLine(t)
  await writeFile(join(directory, 'not-a-database'), 'a text that is long enough to be read as a header'.repeat(9))
  const urls = [
    'sqlite:not-a-database',
    `sqlite:${directory}`,
    'postgres://bob:geheim@127.0.0.1:1/site',
    'mysql://bob:geheim@127.0.0.1:1/site',
  ]
  for (const DATABASE_URL of urls) {
    const { code, stdout, stderr } = await run(['user', 'list'], { env: { DATABASE_URL } })
    t.deepEqual({ code, stdout }, { code: 1, stdout: '' })
    t.regex(stderr, /^Error: The database cannot be used: [^\n]+\n$/)
    t.notRegex(stderr, /geheim/)
  }
})

test('a reader that closes the pipe early causes no error', async t => {
  const { environment, directory, ok } = await commandLine(t)
  await ok('user', 'create', 'bob', 'bob@example.com', '--porcelain')
  const child = spawn(process.execPath, [MAIN, 'user', 'list'], { cwd: directory, env: environment })
  child.stdout.destroy()
  const { code, stderr } = await ended(child)
  t.deepEqual({ code, stderr }, { code: 0, stderr: '' })
})
