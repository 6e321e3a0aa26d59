import test from 'ava'
import { ALL, by, DRAFT, startEmbeddedContent as start } from '../support/embedded-content.ts'

/** Folded for the search, it is 18 times as long. */
const LONG = '\ufdfa'
const BY_ID = { orderBy: 'id', order: 'asc', offset: 0, limit: 100 } as const

test('four megabytes are kept, and found by their beginning, however long they are when folded', async t => {
  const { post, save, titles } = await start(t)
  const content = `<p>needle</p>${LONG.repeat(1_300_000)}`
  const id = await save({ title: 'a', content })
  t.true((await post.find(id))?.content === content)
  t.deepEqual(await titles({ search: 'needle' }), ['a'])
  const quotes = `"'\\`.repeat(1_300_000)
  t.true((await post.update(id, { content: quotes, title: LONG.repeat(100_000) }, by))?.content === quotes)
})

test('a search of any length and any characters finds nothing, and is no error', async t => {
  const { media, save, titles, category } = await start(t)
  await save({})
  const orders = ['relevance', 'date'] as const
  for (const search of [LONG.repeat(1_700), 'x '.repeat(8_000), `'"\\%_!`, '😀'.repeat(5_000), '\ud800'])
    for (const orderBy of orders) {
      t.deepEqual(await titles({ search, orderBy }), [])
      t.is((await category.list({ ...BY_ID, search })).total, 0)
      t.is((await media.list({ ...ALL, search, orderBy })).total, 0)
    }
})

test('numbers that no column holds match nothing, and are saved as the nearest', async t => {
  const { page, post, save, titles, total, category, media } = await start(t)
  const id = await save({ menuOrder: 9e12 })
  t.is((await post.find(id))?.menuOrder, 2 ** 31 - 1)
  for (const number of [9e12, -9e12]) t.is(await total({ menuOrder: number - 1e12 }), Number(number > 0))
  t.deepEqual(await titles({ offset: 1e300 }), [])
  t.deepEqual(await titles({ offset: 1e300, statuses: ['publish', 'draft'] }), [])
  t.is((await category.list({ ...BY_ID, offset: 1e300 })).items.length, 0)
  t.is((await media.list({ ...ALL, offset: 1e300 })).items.length, 0)
  for (const nonsense of ['nonsense', 1.5, 1e300, -1]) {
    t.is(await page.find(nonsense), null)
    t.is(await page.update(nonsense, { title: 'x' }, by), null)
    await t.notThrowsAsync(async () => page.delete(nonsense, by))
    t.is(await category.update(nonsense, { name: 'x' }, by), null)
    t.is(await category.find(nonsense), null)
    await t.notThrowsAsync(async () => category.delete(nonsense, by))
    t.is(await media.update(nonsense, { title: 'x' }, by), null)
    t.is(await media.find(nonsense), null)
    await t.notThrowsAsync(async () => media.delete(nonsense, by))
    t.is(await total({ terms: { category: { in: [nonsense] } } }), 0)
    t.is(await total({ include: [nonsense], orderBy: 'include' }), 0)
    t.is(await total({ parents: [nonsense] }), 0)
    t.is((await category.list({ ...BY_ID, parent: nonsense })).total, 0)
    t.is((await category.list({ ...BY_ID, item: nonsense })).total, 0)
  }
})

test('a list of as many ids as a URL holds is no error', async t => {
  const { save, titles, category } = await start(t)
  const id = await save({ title: 'a', slug: 'a' })
  const ids = Array.from({ length: 4_000 }, (_, at) => id + 4_000 - at)
  t.deepEqual(await titles({ include: [...ids, id], orderBy: 'include' }), ['a'])
  t.deepEqual(await titles({ exclude: ids.slice(0, -1) }), ['a'])
  t.deepEqual(await titles({ terms: { category: { in: ids } } }), [])
  t.deepEqual(await titles({ terms: { category: { in: ids, all: true } } }), [])
  t.deepEqual(await titles({ slugs: ids.map(String), orderBy: 'include_slugs' }), [])
  t.deepEqual(await titles({ authors: ids }), [])
  t.is((await category.list({ ...BY_ID, include: ids })).total, 0)
})

test('media of a type with NUL are none', async t => {
  const { media } = await start(t)
  t.is((await media.list({ ...ALL, mimeType: 'image/\0png' })).total, 0)
  t.is((await media.list({ ...ALL, slugs: ['\0'] })).total, 0)
})

test('terms of another taxonomy, or that are gone, are left out', async t => {
  const { category, post, save, tag } = await start(t)
  const red = await tag.create({ name: 'red', slug: 'red', description: '', parent: null }, by)
  const news = await category.create({ name: 'news', slug: 'news', description: '', parent: null }, by)
  const terms = { category: [red.id, news.id, news.id, 4711], post_tag: [red.id, 'nonsense'] }
  const id = await save({ terms })
  t.deepEqual((await post.find(id))?.terms, { category: [news.id], post_tag: [red.id] })
  t.is((await tag.find(red.id))?.count, 1)
})

test('a term’s name is found however long it is when folded', async t => {
  const { tag } = await start(t)
  const name = LONG.repeat(200)
  await tag.create({ name, slug: 'a', description: '', parent: null }, by)
  t.is((await tag.list({ ...BY_ID, name })).total, 1)
})

test('a page that moves to the top makes its slug free below, and takes it there', async t => {
  const { page } = await start(t)
  const make = (slug: string, parent: number | null) => page.create({ ...DRAFT, slug, parent }, by)
  const above = Number((await make('above', null)).id)
  const moved = await make('x', above)
  t.is((await page.update(moved.id, { parent: null }, by))?.parent, null)
  await t.throwsAsync(make('x', null), { code: 'slug_exists' })
  await t.notThrowsAsync(make('x', above))
})

test('pages below a deleted one move up while others take their slugs', async t => {
  const { page } = await start(t)
  const make = (slug: string, parent: number | null) => page.create({ ...DRAFT, slug, parent }, by)
  const above = Number((await make('above', null)).id)
  const below = []
  for (const slug of ['a', 'b', 'c', 'd']) below.push(await make(slug, above))
  const results = await Promise.allSettled([
    page.delete(above, by),
    ...['d', 'c', 'b', 'a'].map(slug => make(slug, null)),
  ])
  for (const result of results) if (result.status === 'rejected') t.is(result.reason.code, 'slug_exists')
  t.is(results[0]?.status, 'fulfilled')
  for (const { id } of below) t.is((await page.find(id))?.parent, null)
})
