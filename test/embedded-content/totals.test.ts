import test from 'ava'
import type { ItemQuery } from '../../src/content/content.ts'
import { ALL, by, startEmbeddedContent as start } from '../support/embedded-content.ts'

const LATER = new Date('2027-01-01T00:00:00Z')

test('a total is the number of items, for each combination of statuses and authors', async t => {
  const { post, save } = await start(t)
  for (const author of ['1', '2', null])
    for (const status of ['publish', 'draft', 'pending', 'private', 'trash'] as const) {
      await save({ author, status, slug: `${author}-${status}` })
      await save({ author, status, date: status === 'publish' ? LATER : null })
    }
  const statuses: ItemQuery['statuses'][] = [
    ['publish'],
    ['future'],
    ['draft'],
    ['publish', 'future'],
    ['publish', 'publish'],
    ['draft', 'pending'],
    ['publish', 'future', 'draft', 'pending', 'private'],
    ['future', 'trash'],
    [],
  ]
  const filters: Partial<ItemQuery>[] = [
    {},
    { unpublishedOf: '2' },
    { authors: ['1'] },
    { authors: ['1', '1', '2'] },
    { authors: [] },
    { authors: ['1'], unpublishedOf: '2' },
    { notAuthors: ['1'] },
    { search: 'title content' },
    { search: 'title', unpublishedOf: '2', orderBy: 'relevance' },
    { search: 'nothing' },
    { slugs: ['1-publish', '2-draft'] },
    { now: new Date('2028-01-01T00:00:00Z') },
  ]
  for (const each of statuses)
    for (const filter of filters) {
      const query: ItemQuery = { ...ALL, ...filter, statuses: each }
      const message = JSON.stringify(query)
      const { items, total } = await post.list(query)
      t.is(total, items.length, message)
      const ids = items.map(({ id }) => id)
      t.is(new Set(ids).size, total, message)
      // By title, statuses are not read one by one.
      const byTitle = await post.list({ ...query, orderBy: 'title' })
      t.deepEqual(byTitle.items.map(({ id }) => id).sort(), ids.sort(), message)
      t.is(byTitle.total, total, message)
      const second = await post.list({ ...query, offset: 1, limit: 1 })
      t.is(second.items[0]?.id, items[1]?.id, message)
      t.is((await post.list({ ...query, offset: 1_000 })).total, total, message)
    }
})

test('authors are those of published items, by the clock', async t => {
  const { post, save } = await start(t)
  t.deepEqual(await post.authors(), [])
  await save({ author: '1', status: 'draft' })
  await save({ author: '2', date: new Date('2999-01-01T00:00:00Z') })
  await save({ author: null })
  const id = await save({ author: '3' })
  t.deepEqual(await post.authors(), ['3'])
  await post.update(id, { author: '1' }, by)
  t.deepEqual(await post.authors(), ['1'])
  await post.update(id, { author: '2', status: 'trash' }, by)
  t.deepEqual(await post.authors(), [])
})

test('a term’s count is right after creations, changes and deletions at once', async t => {
  const { category, post, save, tag } = await start(t)
  const make = async (name: string) =>
    Number((await tag.create({ name, slug: name, description: '', parent: null }, by)).id)
  const [red, blue, gone] = [await make('red'), await make('blue'), await make('gone')]
  const news = Number((await category.create({ name: 'n', slug: 'n', description: '', parent: null }, by)).id)
  const terms = { post_tag: [blue, gone, red], category: [news] }
  const ids = await Promise.all(
    Array.from({ length: 12 }, (_, at) =>
      save({ terms: { ...terms, post_tag: at % 2 ? [red, blue, gone] : terms.post_tag } }),
    ),
  )
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = ids
  await Promise.all([
    post.delete(a, by),
    post.delete(a, by),
    post.update(b, { status: 'trash' }, by),
    post.update(b, { status: 'trash' }, by),
    post.update(c, { terms: { post_tag: [blue] } }, by),
    post.update(c, { title: 'other' }, by),
    post.update(d, { terms: { post_tag: [] }, status: 'draft' }, by),
    post.update(e, { date: new Date('2999-01-01T00:00:00Z') }, by),
    post.update(f, { status: 'draft' }, by),
    tag.delete(gone, by),
    save({ terms }),
    save({ terms, status: 'draft' }),
  ])
  await post.update(f, { status: 'publish' }, by)
  const tags = await tag.list({ orderBy: 'count', order: 'asc', offset: 0, limit: 10 })
  // Of 13, a, b and d are not published, e is scheduled, and c is not red.
  t.deepEqual(
    tags.items.map(({ name, count }) => [name, count]),
    [
      ['red', 8],
      ['blue', 9],
    ],
  )
  t.is((await category.find(news))?.count, 9)
  t.is((await post.list({ ...ALL, terms: { category: { in: [news] } } })).total, 9)
  t.is((await post.list({ ...ALL, terms: { post_tag: { in: [red] } } })).total, 8)
  await post.update(e, { date: null }, by)
  t.is((await category.find(news))?.count, 10)
})

test('a term that only a scheduled item has is not used yet', async t => {
  const { tag, save } = await start(t)
  const { id } = await tag.create({ name: 'a', slug: 'a', description: '', parent: null }, by)
  await save({ terms: { post_tag: [id] }, date: new Date('2999-01-01T00:00:00Z') })
  const query = { orderBy: 'name', order: 'asc', offset: 0, limit: 10 } as const
  t.is((await tag.list({ ...query, used: true })).total, 0)
  t.is((await tag.list(query)).total, 1)
  t.is((await tag.find(id))?.count, 0)
})
