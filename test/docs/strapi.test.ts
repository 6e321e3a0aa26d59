import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { blocks, read } from '../support/markdown.ts'
import { ROOT } from '../support/shell.ts'

test('the code in docs/start/strapi.md is in examples/strapi, which test/hosts/strapi.test.ts runs', t => {
  const folder = 'examples/strapi/src'
  const files = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.js$/.test(name),
  )
  const texts = files.map(name => read(`${folder}/${name}`))
  const shown = blocks('docs/start/strapi.md', 'js')
  t.true(shown.length > 3)
  for (const code of shown)
    t.true(
      texts.some(text => text.includes(code)),
      code,
    )
})
