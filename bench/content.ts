import { forEmbeddedContent } from '../migrations/index.js'
import type { Content, ItemQuery, TermQuery } from '../src/content/content.ts'
import { createDatabase } from '../src/database/database.ts'
import { createMigrator } from '../src/database/migrator.ts'
import { embeddedContent } from '../src/embedded-content/embedded-content.ts'
import { openDatabase } from '../src/server/database.ts'
import { fillContent, TERMS } from './fill-content.ts'
import { median } from './measure.ts'
import { sqliteFile } from './servers.ts'

/**
 * `node bench/content.ts`: what lists of embedded content take with 100 posts and with 100,000, without HTTP. A ratio is the
 * median of the ratios of each round, in which both are measured in turn.
 *
 * `node bench/content.ts sqlite` measures only the databases whose names hold that word. BENCH_POSTS and BENCH_ROUNDS make it shorter.
 */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 15)
const MANY = Number(process.env.BENCH_POSTS ?? 100_000)
const FEW = 100
/** So long does each measurement take at least. */
const MILLISECONDS = 60

const DATABASES = {
  'better-sqlite3': () => `better-sqlite3:${sqliteFile('content')}`,
  PostgreSQL: () => process.env.BENCH_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/test',
  MariaDB: () => process.env.BENCH_MARIADB_URL ?? 'mysql://root@127.0.0.1:3306/test',
}

const NEWEST: ItemQuery = {
  now: new Date(),
  statuses: ['publish'],
  orderBy: 'date',
  order: 'desc',
  offset: 0,
  limit: 20,
}
const ANY = ['publish', 'future', 'draft', 'pending', 'private'] as const
const BY_NAME: TermQuery = { orderBy: 'name', order: 'asc', offset: 0, limit: 20 }

type Work = (content: Content, posts: number) => Promise<unknown> | undefined
const list =
  (query: Partial<ItemQuery>): Work =>
  content =>
    content.types.post?.list({ ...NEWEST, ...query })

const WORKS: Record<string, Work> = {
  'list of 20': list({}),
  'list of 20, any status': list({ statuses: ANY }),
  'list of 20, drafts and pending': list({ statuses: ['draft', 'pending'] }),
  'list of 20, any status, own drafts': list({ statuses: ANY, unpublishedOf: '2' }),
  'list of 20, the last page': (content, posts) => content.types.post?.list({ ...NEWEST, offset: posts * 0.97 - 20 }),
  'list of 20 by title': list({ orderBy: 'title', order: 'asc' }),
  'list of 20 by modified': list({ orderBy: 'modified' }),
  'list of 20, later than a date': list({ after: new Date(Date.now() - 3_600_000 * 10) }),
  'list of 20 in a common category': list({ terms: { category: { in: [TERMS.common] } } }),
  'list of 20 with a rare tag': list({ terms: { post_tag: { in: [TERMS.rare] } } }),
  'list of 20 of one author': list({ authors: ['3'] }),
  'one slug': list({ slugs: ['post-50'] }),
  'one post': content => content.types.post?.find(50),
  categories: content => content.taxonomies?.category?.list(BY_NAME),
  authors: content => content.types.post?.authors?.(),
  'search, rare word': list({ search: 'zebra', orderBy: 'relevance' }),
  'search, common word': list({ search: 'word12', orderBy: 'relevance' }),
  'search, no match': list({ search: 'nowhere', orderBy: 'relevance' }),
  'a new post': content =>
    content.types.post?.create?.(TERMS.draft, { user: TERMS.user, auth: { method: 'session', user: TERMS.user } }),
}

/** Milliseconds of one, on average. */
async function timeOf(work: () => Promise<unknown> | undefined): Promise<number> {
  const began = performance.now()
  let times = 0
  do {
    await work()
    times++
  } while (performance.now() - began < MILLISECONDS)
  return (performance.now() - began) / times
}

for (const [name, url] of Object.entries(DATABASES)) {
  if (process.argv[2] && !name.toLowerCase().includes(process.argv[2].toLowerCase())) continue
  const knex = openDatabase(url())
  const sites: { content: Content; posts: number; down(): Promise<unknown> }[] = []
  for (const posts of [FEW, MANY]) {
    const database = createDatabase(knex, `bench_${posts}_`)
    const migrator = createMigrator(database, forEmbeddedContent)
    if (!process.env.BENCH_KEEP) await migrator.down()
    await migrator.up()
    await fillContent(database, posts)
    const site = { url: 'https://example.com', name: 'Bench', description: '' }
    sites.push({ content: embeddedContent()({ database, site }), posts, down: () => migrator.down() })
  }
  console.log(
    `\n${name}${''.padEnd(40 - name.length)}${'100 posts'.padStart(14)}${`${MANY} posts`.padStart(16)}${'ratio'.padStart(8)}`,
  )
  for (const [what, work] of Object.entries(WORKS)) {
    const times: number[][] = []
    for (let round = -1; round < ROUNDS; round++) {
      const each: number[] = []
      for (const { content, posts } of sites) each.push(await timeOf(() => work(content, posts)))
      if (round >= 0) times.push(each)
    }
    const column = (at: number) => `${median(times.map(each => each[at] ?? 0)).toFixed(2)} ms`
    const ratio = median(times.map(([few = 1, many = 0]) => many / few))
    console.log(`  ${what.padEnd(38)}${column(0).padStart(14)}${column(1).padStart(16)}${ratio.toFixed(2).padStart(8)}`)
  }
  if (!process.env.BENCH_KEEP) for (const { down } of sites) await down()
  await knex.destroy()
}
process.exit()
