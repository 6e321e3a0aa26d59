import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { read } from '../support/markdown.ts'
import { ROOT } from '../support/shell.ts'

const page = read('ARCHITECTURE.md')

test('the tree of ARCHITECTURE.md has every file and folder of src/', t => {
  const [, tree = ''] = page.split('```')
  const named = new Set(tree.match(/[\w.-]+/g))
  for (const name of readdirSync(join(ROOT, 'src'))) t.true(named.has(name), name)
})

test('every file that ARCHITECTURE.md names is there', t => {
  const paths = [...page.matchAll(/`((?:src|test|templates|migrations)\/[\w./-]+)`/g)].map(([, path = '']) => path)
  t.true(paths.length > 20)
  for (const path of paths) t.notThrows(() => readdirOrRead(path), path)
})

const readdirOrRead = (path: string) => (path.endsWith('/') ? readdirSync(join(ROOT, path)) : read(path))
