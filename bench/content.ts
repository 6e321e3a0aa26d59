import type { Knex } from 'knex'
import { forEmbeddedContent } from '../migrations/index.js'
import type { Content, ItemQuery, TermQuery } from '../src/content/content.ts'
import { createDatabase, limits } from '../src/database/database.ts'
import { createMigrator } from '../src/database/migrator.ts'
import { embeddedContent } from '../src/embedded-content/embedded-content.ts'
import { openDatabase } from '../src/server/database.ts'
import { fillContent, TERMS } from './fill-content.ts'
import { median } from './measure.ts'

const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 7)
/** So many posts do the two sites have that are compared. */
const SIZES = [100, Number(process.env.BENCH_POSTS ?? 100_000)] as const
/** So long does each measurement take at least. */
const MILLISECONDS = 60

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
  '20 newest posts': list({}),
  'of any status': list({ statuses: ANY }),
  'drafts and pending ones': list({ statuses: ['draft', 'pending'] }),
  'of any status, of drafts only one’s own': list({ statuses: ANY, unpublishedOf: '2' }),
  'the last page': (content, posts) => content.types.post?.list({ ...NEWEST, offset: posts * 0.97 - 20 }),
  'by title': list({ orderBy: 'title', order: 'asc' }),
  'by last change': list({ orderBy: 'modified' }),
  'since a date': list({ after: new Date(Date.now() - 3_600_000 * 10) }),
  'in a category that half of them have': list({ terms: { category: { in: [TERMS.common] } } }),
  'with a tag that one in 1,000 has': list({ terms: { post_tag: { in: [TERMS.rare] } } }),
  'of one author': list({ authors: ['3'] }),
  'one slug': list({ slugs: ['post-50'] }),
  'one post': content => content.types.post?.find(50),
  categories: content => content.taxonomies?.category?.list(BY_NAME),
  authors: content => content.types.post?.authors?.(),
  'search: a word that one in 1,000 has': list({ search: 'zebra', orderBy: 'relevance' }),
  'search: a word that most have': list({ search: 'word12', orderBy: 'relevance' }),
  'search: a word that none has': list({ search: 'nowhere', orderBy: 'relevance' }),
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

interface Site {
  content: Content
  posts: number
  down(): Promise<unknown>
}

async function fillSite(knex: Knex, posts: number): Promise<Site> {
  const database = createDatabase(knex, `bench_${posts}_`)
  const migrator = createMigrator(database, forEmbeddedContent)
  await migrator.down()
  await migrator.up()
  await fillContent(database, posts)
  const site = { url: 'https://example.com', name: 'Bench', description: '' }
  return { content: embeddedContent()({ database, site }), posts, down: () => migrator.down() }
}

async function row(name: string, work: Work, sites: readonly Site[]): Promise<string[]> {
  const rounds: number[][] = []
  for (let round = -1; round < ROUNDS; round++) {
    const times: number[] = []
    for (const { content, posts } of sites) times.push(await timeOf(() => work(content, posts)))
    // The first round only warms up.
    if (round >= 0) rounds.push(times)
  }
  const column = (at: number) => `${median(rounds.map(times => times[at] ?? 0)).toFixed(2)} ms`
  const ratio = median(rounds.map(([few = 1, many = 0]) => many / few))
  return [name, column(0), column(1), ratio.toFixed(2)]
}

/**
 * What lists of embedded content take on few posts and on many, without HTTP. A ratio is the median of the ratios of each
 * round, in which both are measured in turn.
 */
export async function contentLists(databaseUrl: string): Promise<string[][]> {
  // A search of many posts may take longer than a site waits.
  limits.waitMs = 60_000
  const knex = openDatabase(databaseUrl)
  const sites: Site[] = []
  for (const posts of SIZES) sites.push(await fillSite(knex, posts))
  const rows = [['', ...SIZES.map(posts => `${posts.toLocaleString('en')} posts`), 'ratio']]
  for (const [name, work] of Object.entries(WORKS)) rows.push(await row(name, work, sites))
  for (const { down } of sites) await down()
  await knex.destroy()
  return rows
}
