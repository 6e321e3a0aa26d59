import type { ItemDraft } from '../src/content/content.ts'
import type { Database } from '../src/database/database.ts'
import { dialectOf } from '../src/database/dialect.ts'
import { columnsOf, textColumnsOf } from '../src/embedded-content/item-row.ts'

const CHUNK = 200
const WORDS = 250

const user = { id: '1', login: 'bench' }
const draft: ItemDraft = {
  title: 'Title',
  content: '',
  excerpt: '',
  slug: '',
  status: 'publish',
  date: new Date(),
  author: '1',
  terms: { category: [2] },
  featuredMedia: null,
  parent: null,
  menuOrder: 0,
  password: '',
  sticky: false,
  format: 'standard',
  commentStatus: 'open',
  pingStatus: 'open',
  template: '',
}
/** Every second post has the common category, and every thousandth the rare tag. */
export const TERMS = { common: 2, rare: 3, draft, user }

/** A pseudo-random number that is the same at each run. */
function* numbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    yield state >> 8
  }
}

/** Fills the tables with so many posts: 97 of 100 published, the others drafts, pending or scheduled. */
export async function fillContent({ knex, table }: Database, posts: number): Promise<void> {
  const [there] = await knex(table('content_items')).count({ all: '*' })
  if (Number(there?.all) > 0) return
  const term = (taxonomy: string, name: string) =>
    knex(table('content_terms')).insert({ taxonomy, name, name_key: name, slug: name, description: '' })
  await term('category', 'common')
  await term('post_tag', 'rare')
  const random = numbers(42)
  const now = Math.floor(Date.now() / 1000)
  const counts = new Map<string, { status: string; author: string; items: number }>()
  const uses = new Map<number, number>()
  for (let begin = 0; begin < posts; begin += CHUNK) {
    const rows: object[] = []
    const texts: object[] = []
    const joins: object[] = []
    for (let at = begin; at < Math.min(begin + CHUNK, posts); at++) {
      const words = Array.from({ length: WORDS }, () => `word${random.next().value % 4_000}`)
      const status = at % 100 === 10 ? 'draft' : at % 100 === 20 ? 'pending' : 'publish'
      const date = at % 100 === 30 ? now + 86_400 * 365 + at : now - (posts - at) * 3_600
      const slug = `post-${at}`
      const author = String(1 + (at % 7))
      const count = counts.get(status + author) ?? { status, author, items: 0 }
      counts.set(status + author, { ...count, items: count.items + 1 })
      const post: ItemDraft = {
        ...draft,
        status,
        slug,
        title: `Post ${words.slice(0, 4).join(' ')}`,
        content: `<p>${words.join(' ')}${at % 1_000 === 50 ? ' zebra' : ''}</p>`,
        author,
        date: new Date(date * 1_000),
      }
      texts.push({ item_id: at + 1, ...textColumnsOf(post) })
      rows.push({
        ...columnsOf(post),
        type: 'post',
        slug_key: `post::${slug}`,
        sort_date: date,
        modified: Math.min(date, now),
      })
      for (const term of [at % 2 === 0 ? 2 : 1, ...(at % 1_000 === 50 ? [3] : [])]) {
        joins.push({ item_id: at + 1, term_id: term })
        if (status === 'publish') uses.set(term, (uses.get(term) ?? 0) + 1)
      }
    }
    await knex.transaction(async on => {
      await on.batchInsert(table('content_items'), rows, 40)
      await on.batchInsert(table('content_texts'), texts, 40)
      await on.batchInsert(table('content_item_terms'), joins, 100)
    })
  }
  for (const count of counts.values()) await knex(table('content_counts')).insert({ type: 'post', ...count })
  for (const [id, items] of uses) await knex(table('content_terms')).where({ id }).update({ items })
  // Statistics, without which a planner knows nothing of rows that have just come.
  const analyze = dialectOf(knex) === 'mysql' ? 'ANALYZE TABLE ??' : 'ANALYZE ??'
  for (const name of ['items', 'texts', 'item_terms', 'terms', 'counts'])
    await knex.raw(analyze, [table(`content_${name}`)])
}
