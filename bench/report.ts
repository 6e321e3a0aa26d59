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

const HOW = `The server has one core and the load, made by autocannon, the other. All rows of a table run in turn, in rounds of a few
seconds; a figure is the median of the rounds, and a ratio the median of each round's own ratio, so that whatever else the
machine does falls on all alike. So a ratio need not be that of the two figures beside it: least in "Processes on both cores",
where load, database and processes share two cores and the rounds scatter. Compare within a table only: its servers share the
core, and what one has still to do when its turn ends falls on the next. Each of 64 clients has a credential of its own, save
with "argon2id at each request"; every answer is checked. To repeat it, with PostgreSQL and MariaDB on their standard ports (or
\`BENCH_POSTGRES_URL\`, \`BENCH_MARIADB_URL\`):

\`\`\`sh
npm ci
npm run bench
\`\`\`

What guessing at passwords costs others is measured by \`node bench/guessing.ts\`, which is not part of this.

What follows was measured once, of version 0.3.0, and not by this run. Where the time goes, by a profile of *Basic* at 64
connections on better-sqlite3: Node's HTTP takes 46 % of the processor, Koa 13 %, the SELECT, which all requests that came
together share, 9 %, WordPress's hash 5 %, the package's own code 14 %, collecting garbage 2 %, and the system the rest. A check
by itself takes some 6 µs; among HTTP requests it takes about twice that, because its code and data have left the processor's
caches in between. Koa and Node's HTTP take some 14 µs for a whole request, so a check as small as that still shows. "The least
that a check can be" is the limit of whatever looks at the database at each request: it hashes, and selects one row of two
columns, with no user, no rules and no last use. Nothing is remembered that a revocation would have to reach.

On PostgreSQL and MariaDB the database server works on the same two cores as the site and the load, and its driver takes some 6
µs more for each row. With sqlite3 each statement goes through a thread pool and Knex, which one connection waits for. Refusals
wait for a whole tick of 10 ms, so that time tells nothing: it bounds what one connection is refused in a second, and costs
nobody else anything.`

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
  }
  await writeFile(FILE, sections.join(''))
}
