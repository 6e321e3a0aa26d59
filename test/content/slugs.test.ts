import test from 'ava'
import fc from 'fast-check'
import { saveUnderFreeSlug, toSlug } from '../../src/content/slugs.ts'

test('a slug is made as WordPress makes it', t => {
  t.is(toSlug('Hello, World!'), 'hello-world')
  t.is(toSlug('Ünïcödé – und Maße'), 'unicode-und-masse')
  t.is(toSlug('<b>bold</b> &amp; more'), 'bold-more')
  t.is(toSlug('日本語 タイトル'), '日本語-タイトル')
  t.is(toSlug('!!!'), '')
  for (const text of ['ç\0\u18a9', 'İstanbul', '℡ ⑴', 'ẞ'])
    t.is(toSlug(toSlug(text)), toSlug(text), 'made again, it stays the same')
})

test('property: a slug is short, and has nothing that ends a path', t => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12_000, unit: 'binary' }), text => {
      const slug = toSlug(text.toWellFormed())
      return encodeURIComponent(slug).length <= 200 && !/[/?#%<>"\s.]/.test(slug)
    }),
    { numRuns: 300 },
  )
  t.pass()
})

test('the first free number is taken', async t => {
  const taken = new Set(['a', 'a-2', 'a-3'])
  const save = async (slug: string) => slug
  t.is(
    await saveUnderFreeSlug(
      'a',
      async () => taken,
      () => false,
      save,
    ),
    'a-4',
  )
  t.is(
    await saveUnderFreeSlug(
      '',
      async () => taken,
      () => false,
      save,
    ),
    '',
  )
})

test('if another request takes the slug meanwhile, the next one is tried', async t => {
  const tried: string[] = []
  const save = async (slug: string) => {
    tried.push(slug)
    if (tried.length < 3) throw new Error('taken')
    return slug
  }
  t.is(
    await saveUnderFreeSlug(
      'a',
      async () => new Set(),
      () => true,
      save,
    ),
    'a-3',
  )
  t.deepEqual(tried, ['a', 'a-2', 'a-3'])
})

test('an error that is not about the slug is thrown', async t => {
  const save = async () => {
    throw new Error('disk full')
  }
  await t.throwsAsync(
    saveUnderFreeSlug(
      'a',
      async () => new Set(),
      () => false,
      save,
    ),
    { message: 'disk full' },
  )
})
