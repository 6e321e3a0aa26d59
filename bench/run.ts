import { spawnSync } from 'node:child_process'
import { checkAlone } from './check.ts'
import { contentLists } from './content.ts'
import { type Load, measure, type Row } from './measure.ts'
import { memory } from './memory.ts'
import { installedPackage, startUp } from './package.ts'
import { type Table, toRows, write } from './report.ts'
import { onCore, sqliteFile, start, stop } from './servers.ts'

/**
 * `npm run bench`: prints tables, and writes BENCHMARKS.md. The load is on a core of its own.
 *
 * `node bench/run.ts Memory` makes only the tables whose titles hold that word, and puts them in place of those before.
 *
 * BENCH_ROUNDS, BENCH_SECONDS (of each row in each round) and BENCH_MINUTES (of full load, for the memory) make it shorter.
 */
const [taskset, ...args] = onCore('1')
if (taskset && !process.env.BENCH_PINNED) {
  const { status } = spawnSync(taskset, [...args, process.execPath, ...process.argv.slice(1)], {
    env: { ...process.env, BENCH_PINNED: '1' },
    stdio: 'inherit',
  })
  process.exit(status ?? 1)
}

const { BENCH_POSTGRES_URL: postgres, BENCH_MARIADB_URL: mariadb } = {
  BENCH_POSTGRES_URL: 'postgres://postgres@127.0.0.1:5432/test',
  BENCH_MARIADB_URL: 'mysql://root@127.0.0.1:3306/test',
  ...process.env,
}

const koa: Row = { name: 'Koa alone', file: 'koa.ts' }
const connect = (name: string, env: Record<string, string> = {}, load: Row['load'] = {}): Row => ({
  name,
  file: 'connect.ts',
  env: { DATABASE_URL: `better-sqlite3:${sqliteFile(name.replace(/\W+/g, '-'))}`, ...env },
  load,
})

const only = process.argv[2]
const tables: Table[] = []

/** Makes a table, unless only others are asked for. */
async function table(title: string, make: () => Promise<string[][]>): Promise<void> {
  if (only && !title.includes(only)) return
  const rows = await make()
  tables.push({ title, rows })
  console.log(`\n${title}`)
  for (const row of rows)
    console.log(`  ${row.map((cell, column) => (column ? cell.padStart(20) : cell.padEnd(36))).join('')}`)
}

/** Makes a table of how quick these are. */
const rates = (title: string, rows: readonly Row[], load: Load) =>
  table(title, async () => toRows(await measure(rows, load)))

/** The same, of servers on tables that others have filled before: a process that has just made a million rows is slower for it. */
const ratesOfFilled = (title: string, rows: readonly Row[]) =>
  table(title, async () => {
    for (const row of rows) await stop(await start(row))
    return toRows(await measure(rows, { connections: 64 }))
  })

const credentials = () => [
  koa,
  connect('Basic'),
  connect('Basic, argon2id', { HASH: 'argon2id' }),
  connect('Bearer', { CREDENTIALS: 'bearer' }),
  connect('Basic, sqlite3', { DATABASE_URL: `sqlite:${sqliteFile('sqlite3')}` }),
  connect('Bearer, sqlite3', { CREDENTIALS: 'bearer', DATABASE_URL: `sqlite:${sqliteFile('sqlite3-bearer')}` }),
  { name: 'the least that a check can be', file: 'least.ts' },
]

await rates('Authenticated requests, 64 connections', credentials(), { connections: 64 })
await rates('Authenticated requests, 1 connection', credentials(), { connections: 1 })
await rates(
  'Against others, 64 connections',
  [
    { name: 'better-auth, API key', file: 'better-auth.js', env: { DATABASE_URL: sqliteFile('better-auth') } },
    {
      name: 'argon2id at each request',
      file: 'argon2.ts',
      env: { DATABASE_URL: `better-sqlite3:${sqliteFile('argon2')}` },
    },
    connect('koa-wp-connect, Basic'),
  ],
  { connections: 64 },
)
await rates(
  'Databases, 64 connections',
  [
    koa,
    connect('better-sqlite3'),
    connect('sqlite3', { DATABASE_URL: `sqlite:${sqliteFile('database')}` }),
    connect('PostgreSQL', { DATABASE_URL: postgres }),
    connect('PostgreSQL, Bearer', { DATABASE_URL: postgres, CREDENTIALS: 'bearer' }),
    connect('MariaDB', { DATABASE_URL: mariadb }),
  ],
  { connections: 64 },
)
await rates(
  'Processes on both cores with the load, PostgreSQL, 64 connections',
  ['1', '2'].map(PROCESSES => ({
    name: `${PROCESSES} of them`,
    file: 'processes.ts',
    isPinned: false,
    env: { DATABASE_URL: postgres, PROCESSES },
  })),
  { connections: 64 },
)
await ratesOfFilled(
  'How many credentials there are, 64 connections',
  ['1000', '100000', '1000000'].map(rows => connect(`${Number(rows).toLocaleString('en')} in all`, { ROWS: rows })),
)
await ratesOfFilled(
  'How many credentials one user has, 64 connections',
  ['1', '100', '10000'].map(rows => connect(`${Number(rows).toLocaleString('en')} of one user`, { OF_ONE_USER: rows })),
)
const APPLICATION_PASSWORDS = '/wp-json/wp/v2/users/me/application-passwords'
await rates(
  'What else is done, 16 connections',
  [
    connect('a request with a right password'),
    connect('a request with a wrong one', { CREDENTIALS: 'wrong' }, { statuses: [401, 429] }),
    connect('issue', {}, { path: APPLICATION_PASSWORDS, method: 'POST', body: '{"name":"Bench"}', statuses: [201] }),
    connect('issue and revoke', {}, { path: '/issue-and-revoke', method: 'POST' }),
    connect('the profile page', { CREDENTIALS: 'session' }, { path: '/wp-admin/profile.php' }),
  ],
  { connections: 16 },
)
for (const [name, url] of Object.entries({
  'better-sqlite3': `better-sqlite3:${sqliteFile('content')}`,
  PostgreSQL: postgres,
  MariaDB: mariadb,
}))
  await table(`Embedded content by itself, ${name}`, () => contentLists(url))
await table('A check by itself, without HTTP', checkAlone)
await table('Memory at full load', () => memory(connect('memory')))
await table('Start-up', () => startUp(sqliteFile('start-up')))
await table('Package', installedPackage)

await write(tables, Boolean(only))
process.exit()
