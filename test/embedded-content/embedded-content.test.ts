import test from 'ava'
import type { ItemDraft, ItemQuery } from '../../src/content/content.ts'
import { by, DRAFT, startEmbeddedContent as start } from '../support/embedded-content.ts'

test('every member is kept', async t => {
  const { content, post } = await start(t)
  const category = await content.taxonomies?.category?.create?.(
    { name: 'News', slug: 'news', description: '', parent: null },
    by,
  )
  const draft: ItemDraft = {
    ...DRAFT,
    title: 'Tïtle 😀',
    content: `<p>${'ä'.repeat(100_000)}</p>`,
    excerpt: 'Short',
    slug: 'slug',
    status: 'private',
    date: new Date('1901-02-03T04:05:06Z'),
    terms: { category: [category?.id ?? 0] },
    featuredMedia: 7,
    menuOrder: -3,
    password: 'sesame',
    sticky: true,
    format: 'aside',
    commentStatus: 'closed',
    pingStatus: 'closed',
    template: 'wide',
  }
  const { id, modified, ...kept } = await post.create(draft, by)
  t.deepEqual(kept, draft)
  t.true(modified instanceof Date)
  const changes = { title: 'New', terms: { category: [] }, date: null, featuredMedia: null }
  t.like(await post.update(id, changes, by), { ...draft, ...changes, terms: {} })
  await post.delete(id, by)
  t.is(await post.find(id), null)
  t.is(await post.update(id, { title: 'x' }, by), null)
})

test('each filter, and each order', async t => {
  const { content, save, titles } = await start(t)
  const tag = (name: string) =>
    content.taxonomies?.post_tag?.create?.({ name, slug: name, description: '', parent: null }, by)
  const [red, blue] = [(await tag('red'))?.id ?? 0, (await tag('blue'))?.id ?? 0]
  const day = (number: number) => new Date(`2026-01-0${number}T00:00:00Z`)
  const a = await save({ title: 'a', slug: 'x', date: day(1), author: '1', terms: { post_tag: [red] }, sticky: true })
  const b = await save({ title: 'b', slug: 'y', date: day(2), author: '2', terms: { post_tag: [red, blue] } })
  const c = await save({ title: 'c', slug: 'z', date: day(3), author: '2', content: 'Größe 100%', menuOrder: 2 })
  const cases: [Partial<ItemQuery>, string][] = [
    [{}, 'c b a'],
    [{ order: 'asc' }, 'a b c'],
    [{ orderBy: 'title', order: 'asc' }, 'a b c'],
    [{ orderBy: 'slug' }, 'c b a'],
    [{ orderBy: 'id', order: 'asc' }, 'a b c'],
    [{ include: [c, a], orderBy: 'include' }, 'c a'],
    [{ slugs: ['y', 'x'], orderBy: 'include_slugs' }, 'b a'],
    [{ include: [] }, ''],
    [{ exclude: [b] }, 'c a'],
    [{ authors: ['2'] }, 'c b'],
    [{ notAuthors: ['2'] }, 'a'],
    [{ after: day(1), before: day(3) }, 'b'],
    [{ terms: { post_tag: { in: [red] } } }, 'b a'],
    [{ terms: { post_tag: { in: [red, blue], all: true } } }, 'b'],
    [{ terms: { post_tag: { notIn: [blue] } } }, 'c a'],
    [{ sticky: true }, 'a'],
    [{ menuOrder: 2 }, 'c'],
    [{ search: 'GROSSE' }, ''],
    [{ search: 'große 100' }, 'c'],
    [{ search: 'GRÖSSE'.toLowerCase() }, ''],
    [{ search: '100%' }, 'c'],
    [{ search: '_' }, ''],
    [{ search: 'size', searchIn: ['title'] }, ''],
    [{ offset: 1, limit: 1 }, 'b'],
    [{ statuses: ['draft'] }, ''],
  ]
  for (const [query, expected] of cases) t.is((await titles(query)).join(' '), expected, JSON.stringify(query))
})

test('search finds words whatever their letter case and accents, and not the markup around them', async t => {
  const { save, titles } = await start(t)
  await save({ title: 'Ärger', content: '<p class="secret">im <b>Büro</b></p>' })
  for (const search of ['ärger', 'ÄRGER', 'arger', 'buro im', 'Büro'])
    t.deepEqual(await titles({ search }), ['Ärger'], search)
  for (const search of ['secret', 'class', 'other büro']) t.deepEqual(await titles({ search }), [], search)
  await save({ title: 'About it', content: 'Ärger' })
  t.deepEqual(await titles({ search: 'ärger', orderBy: 'relevance' }), ['Ärger', 'About it'])
})

test('a scheduled item appears by the clock of the query', async t => {
  const { save, titles, total } = await start(t)
  await save({ title: 'now' })
  await save({ title: 'later', date: new Date('2026-07-01T00:00:00Z') })
  t.deepEqual(await titles({}), ['now'])
  t.is(await total({}), 1)
  t.deepEqual(await titles({ statuses: ['future'] }), ['later'])
  t.is(await total({ statuses: ['future'] }), 1)
  t.deepEqual(await titles({ now: new Date('2026-08-01T00:00:00Z') }), ['later', 'now'])
  t.is(await total({ now: new Date('2026-08-01T00:00:00Z') }), 2)
})

test('with unpublishedOf, drafts of others do not match', async t => {
  const { save, titles } = await start(t)
  await save({ title: 'public of 2', author: '2' })
  await save({ title: 'draft of 1', status: 'draft', date: null })
  await save({ title: 'draft of 2', status: 'draft', date: null, author: '2' })
  await save({ title: 'later of 2', author: '2', date: new Date('2027-01-01T00:00:00Z') })
  const statuses = ['publish', 'draft', 'future'] as const
  t.deepEqual((await titles({ statuses, unpublishedOf: '1' })).sort(), ['draft of 1', 'public of 2'])
  t.is((await titles({ statuses })).length, 4)
})

test('of twenty saves at once under one slug, one succeeds', async t => {
  const { post, save, total } = await start(t)
  const all = await Promise.allSettled(Array.from({ length: 20 }, () => save({ slug: 'same' })))
  t.is(all.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const each of all) if (each.status === 'rejected') t.is(each.reason.code, 'slug_exists')
  t.is(await total({}), 1)
  const other = await save({ slug: 'other' })
  await t.throwsAsync(post.update(other, { slug: 'same' }, by), { code: 'slug_exists' })
  t.is((await post.find(other))?.slug, 'other')
})

test('pages of different parents may have one slug; children of a deleted page move up', async t => {
  const { page } = await start(t)
  const make = (slug: string, parent: number | null) => page.create({ ...DRAFT, slug, parent }, by)
  const a = await make('a', null)
  const b = await make('b', Number(a.id))
  const below = await make('x', Number(b.id))
  await make('x', Number(a.id))
  await t.throwsAsync(make('x', Number(a.id)), { code: 'slug_exists' })
  await page.delete(b.id, by)
  t.like(await page.find(below.id), { parent: a.id, slug: 'x-2' })
})

test('changes of different members at once are all kept', async t => {
  const { post, save } = await start(t)
  const id = await save({})
  await Promise.all([
    post.update(id, { title: 'A' }, by),
    post.update(id, { content: 'B' }, by),
    post.update(id, { excerpt: 'C' }, by),
    post.update(id, { slug: 'd' }, by),
  ])
  t.like(await post.find(id), { title: 'A', content: 'B', excerpt: 'C', slug: 'd' })
})

test('totals are right after creations, changes and deletions at once', async t => {
  const { post, save, total } = await start(t)
  const ids = await Promise.all(Array.from({ length: 12 }, () => save({})))
  const [first = 0, second = 0, third = 0, ...others] = ids
  await Promise.all([
    post.delete(first, by),
    post.delete(first, by),
    post.update(second, { status: 'trash' }, by),
    post.update(third, { status: 'draft', date: null }, by),
    save({}),
  ])
  t.is(await total({}), others.length + 1)
  t.is(await total({ statuses: ['trash'] }), 1)
  t.is(await total({ statuses: ['draft'] }), 1)
  t.is(await total({ statuses: ['publish', 'draft'] }), others.length + 2)
})

test('pages of a list do not overlap, although all items have the same date', async t => {
  const { save, titles } = await start(t)
  for (let at = 0; at < 9; at++) await save({ title: String(at) })
  const seen = [
    ...(await titles({ limit: 4 })),
    ...(await titles({ offset: 4, limit: 4 })),
    ...(await titles({ offset: 8, limit: 4 })),
  ]
  t.is(new Set(seen).size, 9)
})

test('terms: counted by what is published, found by name, and taken from items when they are deleted', async t => {
  const { content, post, save } = await start(t)
  const { category } = content.taxonomies ?? {}
  if (!category?.create || !category.delete || !category.update) throw new Error('no categories')
  const parent = await category.create({ name: 'Straße', slug: 'strasse', description: 'd', parent: null }, by)
  const child = await category.create({ name: 'Child', slug: 'child', description: '', parent: parent.id }, by)
  const id = await save({ terms: { category: [parent.id, child.id] } })
  await save({ terms: { category: [parent.id] }, status: 'draft', date: null })
  const query = { orderBy: 'name', order: 'asc', offset: 0, limit: 10 } as const
  t.like(await category.find(parent.id), { name: 'Straße', count: 1 })
  t.deepEqual(
    (await category.list({ ...query, parent: parent.id })).items.map(({ id: one }) => one),
    [child.id],
  )
  t.is((await category.list({ ...query, name: 'STRASSE'.toLowerCase() })).total, 0)
  t.is((await category.list({ ...query, name: 'straße' })).total, 1)
  t.is((await category.list({ ...query, used: true })).total, 2)
  t.is((await category.list({ ...query, item: id })).total, 2)
  await t.throwsAsync(category.create({ name: 'x', slug: 'child', description: '', parent: null }, by), {
    code: 'slug_exists',
  })
  await category.delete(parent.id, by)
  t.is((await category.find(child.id))?.parent, null)
  t.deepEqual((await post.find(id))?.terms, { category: [child.id] })
  const byDefault = await category.defaultTerm?.()
  t.like(await category.find(byDefault ?? 0), { slug: 'uncategorized' })
  await t.throwsAsync(category.delete(byDefault ?? 0, by), { code: 'rest_cannot_delete' })
})

test('text that no database stores is stored without it', async t => {
  const { post, save, titles } = await start(t)
  const id = await save({ title: 'a\0b\ud800', content: '\0' })
  t.is((await post.find(id))?.title, 'ab\ufffd')
  t.deepEqual(await titles({ search: '\0' }), ['ab\ufffd'])
  t.deepEqual(await titles({ slugs: ['a\0'] }), [])
  t.is(await post.find('nonsense'), null)
})
