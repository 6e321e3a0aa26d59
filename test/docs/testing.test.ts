import test from 'ava'
import { exampleFolder } from '../support/example.ts'
import { block, tableRows } from '../support/markdown.ts'
import { shell } from '../support/shell.ts'

const PATH = 'docs/adapt/testing.md'

test('the example’s tests pass with node:test', async t => {
  const folder = await exampleFolder(t, {
    'app.ts': block(PATH, 'ts', 'export function createApp'),
    'app.test.ts': block(PATH, 'ts', 'node:test'),
  })
  const { code, output } = await shell(block(PATH, 'sh', 'node --test'), { cwd: folder })
  t.is(code, 0, output)
  t.regex(output, /^. pass 3$/m)
})

test('the example is rejected outside of a test runner', async t => {
  const folder = await exampleFolder(t, {
    'site.ts': "import { createTestSite } from 'koa-wp-connect/testing'\nawait createTestSite()",
  })
  const { code, output } = await shell('node site.ts', { cwd: folder })
  t.not(code, 0)
  t.regex(output, /createTestSite: .*only runs in tests/)
})

test('the table lists every member', t => {
  const members = tableRows(PATH).map(([first = '']) => first.replace(/[`]|\(.*/g, ''))
  const site = ['connect', 'signedInAs', 'withApplicationPassword', 'withAccessToken', 'close']
  t.deepEqual(members, ['Member', 'createTestSite', ...site])
})
