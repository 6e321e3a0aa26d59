import test from 'ava'
import type { ItemQuery } from '../../src/content/content.ts'
import { dialectOf } from '../../src/database/dialect.ts'
import { ALL, by, DRAFT, startEmbeddedContent as start } from '../support/embedded-content.ts'

const ANY: ItemQuery['statuses'] = ['publish', 'future', 'draft', 'pending', 'private']

test('lists that clients ask for often read no table from end to end', async t => {
  const { category, knex, page, post } = await start(t)
  // Each database has its own words for a plan. What is tested is that the indexes are there, and the statements fit them.
  if (dialectOf(knex) !== 'sqlite3') return t.pass()
  const works: Record<string, () => Promise<unknown>> = {
    newest: () => post.list(ALL),
    'of any status': () => post.list({ ...ALL, statuses: ANY }),
    'own drafts': () => post.list({ ...ALL, statuses: ANY, unpublishedOf: '1' }),
    'by last change': () => post.list({ ...ALL, statuses: ANY, orderBy: 'modified' }),
    'of one author': () => post.list({ ...ALL, authors: ['1'] }),
    'by slug': () => post.list({ ...ALL, statuses: ANY, slugs: ['a', 'b'] }),
    'below a page': () => page.list({ ...ALL, parents: [1] }),
    'by tag': () => post.list({ ...ALL, terms: { post_tag: { in: [1, 2] } } }),
    categories: () => category.list({ orderBy: 'name', order: 'asc', offset: 0, limit: 10 }),
    authors: () => post.authors(),
    'a new post': () => post.create({ ...DRAFT, slug: 'a', terms: { category: [1] } }, by),
  }
  for (const [name, work] of Object.entries(works)) {
    const statements: { sql: string; bindings: unknown[] }[] = []
    const listen = (statement: { sql: string; bindings: unknown[] }) => statements.push(statement)
    knex.on('query', listen)
    await work()
    knex.removeListener('query', listen)
    for (const { sql, bindings } of statements.filter(statement => /^(select|update|delete)/i.test(statement.sql))) {
      const plan: { detail: string }[] = await knex.raw(`explain query plan ${sql}`, bindings as string[])
      const scans = plan.filter(({ detail }) => /^SCAN connect_content_(items|texts|item_terms)/.test(detail))
      t.deepEqual(scans, [], `${name}: ${sql}`)
      const sorts = plan.filter(({ detail }) => /TEMP B-TREE FOR ORDER BY/.test(detail))
      if (name === 'newest' || name === 'of one author') t.deepEqual(sorts, [], `${name}: ${sql}`)
    }
  }
})
