import test from 'ava'
import fc from 'fast-check'
import { cleanMarkup } from '../../src/content/markup.ts'
import { cpuTime } from '../support/cpu-time.ts'

const clean = (html: string) => cleanMarkup(html, 'content')

const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="&#106;avascript:alert(1)">x</a>',
  '<a href="java\tscript:alert(1)">x</a>',
  '<iframe src="https://evil.example"></iframe>',
  '<object data="x"></object><embed src="x">',
  '<form action="/wp-login.php"><input name="pwd"></form>',
  '<p style="position:fixed;top:0;left:0;width:100%">x</p>',
  '<p style="background:url(https://evil.example)">x</p>',
  '<base href="https://evil.example"><meta http-equiv="refresh" content="0;url=https://evil.example">',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<template><script>alert(1)</script></template>',
  '<img src="data:text/html,<script>alert(1)</script>">',
  '<!--><script>alert(1)</script>-->',
  '<!-- wp:x --><script>alert(1)</script><!-- /wp:x -->',
  '<a title="<!-- wp:x {"a":"b"} -->" onclick="alert(1)">x</a>',
  '<a title="<!-- wp:x {\\"a\\":\\"\\" onmouseover=alert(1) \\"} -->">x</a>',
]

/** What a browser would see in cleaned markup, whose attributes are quoted: elements and attributes that can act. */
function dangersOf(html: string): string[] {
  const dangers: string[] = []
  const rest = html
    .replace(/<!--\s*\/?wp:[a-z/-]+(?:\s+\{(?:(?!--)[^<>])*\})?\s*\/?-->/g, '')
    .replace(/<\/?([a-z0-9]+)((?:\s+[a-z-]+(?:="[^"<>]*")?)*)\s*\/?>/g, (_tag, name: string, attributes: string) => {
      if (/^(?:script|iframe|object|embed|form|input|base|meta|svg|math|style|template|noscript|link)$/.test(name))
        dangers.push(name)
      if (/\son\w+=|javascript:|position:|url\(|="data:/i.test(attributes.replace(/title="[^"]*"/g, '')))
        dangers.push(attributes)
      return ''
    })
  return rest.includes('<') ? [...dangers, rest] : dangers
}

for (const html of HOSTILE) {
  test(`nothing runs: ${html}`, async t => {
    for (const kind of ['content', 'text'] as const) t.deepEqual(dangersOf(await cleanMarkup(html, kind)), [])
  })
}

test('property: no mixture of hostile pieces and block comments becomes dangerous', async t => {
  const pieces = fc.array(
    fc.constantFrom(
      ...HOSTILE,
      '<div>',
      '</div>',
      '"',
      "'",
      '<!-- wp:group {"a":1} -->',
      '<!-- /wp:group -->',
      '>',
      '<',
      '\uFDD00\uFDD1',
    ),
    { maxLength: 8 },
  )
  await fc.assert(
    fc.asyncProperty(pieces, async parts => {
      const cleaned = await clean(parts.join(''))
      return dangersOf(cleaned).length === 0
    }),
    { numRuns: 500 },
  )
  t.pass()
})

test('what editors write stays: paragraphs, links, images, tables, colours', async t => {
  for (const html of [
    '<p class="has-text-align-center" style="text-align:center">Hello <strong>you</strong></p>',
    '<a href="https://example.com/?a=1&amp;b=2" rel="nofollow">link</a>',
    '<figure class="wp-block-image"><img src="https://example.com/a.png" alt="A" width="4" height="3" /></figure>',
    '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>',
    '<h2 id="a">x</h2>',
  ])
    t.is(await clean(html), html)
})

test('comments of blocks stay where they are, around nested elements', async t => {
  const html = `<!-- wp:group {"layout":{"type":"constrained"}} -->
<div class="wp-block-group"><!-- wp:paragraph -->
<p>One</p>
<!-- /wp:paragraph --></div>
<!-- /wp:group --><!-- wp:more /-->`
  t.is(await clean(html), html)
})

test('other comments go', async t => {
  t.is(await clean('<p>a<!-- secret --></p>'), '<p>a</p>')
})

test('a title keeps emphasis and no blocks', async t => {
  t.is(await cleanMarkup('A <em>b</em> <div>c</div>', 'text'), 'A <em>b</em> c')
})

test('elements within 1,000 others are refused', async t => {
  await t.throwsAsync(clean('<b>'.repeat(300_000)), { code: 'markup_too_deep' })
  await t.throwsAsync(clean('<li><p>'.repeat(300_000)), { code: 'markup_too_deep' })
  t.regex(await clean(`${'<div>'.repeat(500)}x${'</div>'.repeat(500)}`), /^(?:<div>)+x?(?:<\/div>)+$/)
})

const PIECES = [
  '<a ',
  '<b></b>',
  '<p>',
  '<br>',
  '<!-- wp:a {} -->',
  '<p style="color:red">',
  '<img src=x ',
  '&',
  '<a title="',
  '"<',
  '</b>',
  '<td><b></td>',
]

test.serial('hostile markup takes time in proportion to its length', async t => {
  for (const piece of PIECES) {
    const work = (length: number) =>
      cpuTime(() => clean(piece.repeat(length / piece.length)).catch(error => t.is(error.code, 'markup_too_deep')))
    await work(50_000)
    // Time that grew with the square would be 64 times as long.
    t.true((await work(400_000)) < 30 * (await work(50_000)) + 50, piece)
  }
})
