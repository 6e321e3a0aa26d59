import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { cpus, release, totalmem } from 'node:os'
import { join } from 'node:path'
import type { Measured } from './measure.ts'

export interface Table {
  title: string
  /** The first row is the head. */
  rows: string[][]
}

const ROOT = join(import.meta.dirname, '..')

export const toRows = (measured: readonly Measured[]): string[][] => [
  ['', 'requests a second', `of "${measured[0]?.name}"`],
  ...measured.map(({ name, rate, ratio }) => [name, Math.round(rate).toLocaleString('en'), ratio.toFixed(2)]),
]

const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

function markdown({ title, rows: [head = [], ...body] }: Table): string {
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'))
  return [`## ${title}`, '', line(head), line(rule), ...body.map(line), ''].join('\n')
}

const versionOf = (path: string): string => JSON.parse(readFileSync(join(ROOT, path, 'package.json'), 'utf8')).version

function machine(): string {
  const [cpu] = cpus()
  const packages = ['koa', 'knex', 'better-sqlite3', 'sqlite3', 'pg', 'mysql2'].map(
    name => `${name} ${versionOf(`node_modules/${name}`)}`,
  )
  const others = ['better-auth', 'autocannon'].map(name => `${name} ${versionOf(`bench/node_modules/${name}`)}`)
  const memory = Math.round(totalmem() / 1024 ** 3)
  return (
    `${cpus().length} × ${cpu?.model.trim()}, ${memory} GiB, Linux ${release()}, Node ${process.version}; ` +
    `${[...packages, ...others].join(', ')}.`
  )
}

const HOW = `## How it is measured

The server has one core, and the load generator autocannon the other. The rows of a table run in turn, in rounds of a few
seconds. A figure is the median of the rounds. A ratio is the median of the ratios of each round, so that other work of the machine
affects all rows equally. So a ratio may differ from that of the two figures, most of all in "Processes on both cores",
where load, database and processes share two cores and the rounds vary.

Compare rows of one table only: its servers share the core, and unfinished work of one row falls into the next. Each of the 64 clients has
its own credential, except in "argon2id at each request". Every response is checked.

"Embedded content by itself" is measured without HTTP, on two sites of the same database in turn. The ratio is the second's time to the
first's. A search reads all texts, because it finds words within words and in every script, for which PostgreSQL and MariaDB have no index
of their own. A category that half of the posts have is read as a whole, too.

To repeat it, with PostgreSQL and MariaDB on their standard ports (or \`BENCH_POSTGRES_URL\`, \`BENCH_MARIADB_URL\`):

\`\`\`sh
npm ci
npm run bench
\`\`\`

\`node bench/guessing.ts\` measures separately what password guessing costs other users.

## Where the time goes

This was measured once, with version 0.3.0, by profiling *Basic* at 64 connections on better-sqlite3. Of the processor time, Node's HTTP
takes 46 %, Koa 13 %, the package's own code 14 %, the SELECT 9 % (requests that arrive together share it), WordPress's hash 5 %, garbage
collection 2 %, and the system the rest.

A check alone takes about 6 µs. Among HTTP requests it takes about twice as long, because its code and data have left the processor's
caches in between. Koa and Node's HTTP take about 14 µs for a whole request, so even such a small check shows. "The least
that a check can be" is the limit for any check that reads the database at each request: it hashes, and selects one row of two
columns, without user, rules or last use. No result is cached, because a revocation must take effect at once.

On PostgreSQL and MariaDB, the database server uses the same two cores as the site and the load, and its driver takes about 6
µs more for each row. With sqlite3, each statement passes through a thread pool and Knex, and one connection waits for both. Rejections
take a multiple of 10 ms, so that their duration reveals nothing. This limits the rejections per second on one connection, and delays
nobody else.`

const FILE = join(ROOT, 'BENCHMARKS.md')

/** BENCHMARKS.md: the tables, and how they came about. @param isPart whether the other tables of before stay */
export async function write(tables: readonly Table[], isPart: boolean): Promise<void> {
  if (isPart) return replace(tables)
  const head = `# Benchmarks\n\nMade by \`npm run bench\` of version ${versionOf('')}, on ${machine()}\n\n${HOW}\n`
  await writeFile(FILE, [head, ...tables.map(markdown)].join('\n'))
}

async function replace(tables: readonly Table[]): Promise<void> {
  const sections = readFileSync(FILE, 'utf8').split(/^(?=## )/m)
  for (const table of tables) {
    const at = sections.findIndex(section => section.startsWith(`## ${table.title}\n`))
    if (at > 0) sections[at] = at === sections.length - 1 ? markdown(table) : `${markdown(table)}\n`
    else sections.push(`\n${markdown(table)}`)
  }
  await writeFile(FILE, sections.join(''))
}
