import test from 'ava'
import { toSlug } from '../../src/content/slugs.ts'
import { beginningOf, paragraphs, plainText } from '../../src/content/text.ts'
import { searchable } from '../../src/embedded-content/item-row.ts'
import { cpuTime } from '../support/cpu-time.ts'

test('plain text with blank lines becomes paragraphs', t => {
  t.is(paragraphs('One\nline\n\nTwo'), '<p>One<br />\nline</p>\n<p>Two</p>\n')
  t.is(paragraphs('Just <em>words</em>'), '<p>Just <em>words</em></p>\n')
})

test('HTML with blocks stays as it is', t => {
  for (const html of ['<p>x</p>', '<!-- wp:paragraph -->\n<p>x</p>', '<ul>\n\n<li>x</li></ul>', ''])
    t.is(paragraphs(html), html)
})

test('plain text has no markup, comments or scripts', t => {
  t.is(plainText('<p>a <b>b</b></p><!-- c --><script>d()</script><style>e</style>'), 'a b')
  t.is(plainText('<h2>One</h2><p>t<b>w</b>o <a href="x">three</a>.</p>'), 'One two three.')
  t.is(plainText('a <unfinished'), 'a')
})

test('an excerpt is the first 55 words', t => {
  const words = Array.from({ length: 60 }, (_, at) => `w${at}`)
  t.is(beginningOf(`<p>${words.join(' ')}</p>`), `${words.slice(0, 55).join(' ')} [&hellip;]`)
  t.is(beginningOf('<p>short</p>'), 'short')
})

const HOSTILE = ['<a ', '<!-- wp:a {', '<!--', '</script', '\n ', '&', '<p', '<!-- wp:a         ', '{}', '\uFDFA']

test.serial('hostile text takes time in proportion to its length', async t => {
  for (const piece of HOSTILE) {
    const work = (times: number) =>
      cpuTime(() => {
        const text = piece.repeat(times)
        for (const read of [plainText, paragraphs, beginningOf, toSlug, searchable]) read(text)
      })
    await work(50_000)
    // Time that grew with the square would be 64 times as long.
    t.true((await work(400_000)) < 30 * (await work(50_000)) + 50, piece)
  }
})
