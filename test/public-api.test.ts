import test from 'ava'
import { apiPage } from '../scripts/api-page.ts'
import { readApi } from '../scripts/declarations.ts'
import { publicApi } from '../scripts/public-api.ts'
import * as main from '../src/index.ts'
import * as migrations from '../src/migrations.ts'
import * as testing from '../src/testing.ts'
import * as transfer from '../src/transfer.ts'
import { read } from './support/markdown.ts'

const KEPT = 'test/public-api.txt'

test('the public API is the one that was last agreed on', t => {
  const meant = `If that is meant: node scripts/public-api.ts, look at the change of ${KEPT}, and say in CHANGELOG.md what a host does.`
  t.is(publicApi(), read(KEPT), `The public API has changed. ${meant}`)
})

test('docs/reference/api.md matches the comments, and every exported name has one', t => {
  t.is(apiPage(), read('docs/reference/api.md'), 'node scripts/api-page.ts')
  const names = readApi({ comments: true }).entries.flatMap(entry => entry.names)
  t.deepEqual(
    names.filter(({ declared }) => !declared?.comment).map(({ name }) => name),
    [],
  )
})

test('each entry point exports exactly its names', t => {
  const lists = new Map(
    read(KEPT)
      .split('\n\n')
      .map(list => [list.slice(0, list.indexOf('\n')), list]),
  )
  const values = (entry: string) => [...(lists.get(entry) ?? '').matchAll(/^ {2}(\w+)$/gm)].map(([, name]) => name)
  t.deepEqual(Object.keys(main).sort(), values('koa-wp-connect'))
  t.deepEqual(Object.keys(testing), values('koa-wp-connect/testing'))
  t.deepEqual(Object.keys(transfer), values('koa-wp-connect/transfer'))
  t.deepEqual(Object.keys(migrations), values('koa-wp-connect/migrations'))
})

test('each entry point is in package.json, with its types', t => {
  const { exports } = JSON.parse(read('package.json'))
  const built = (name: string) => ({ types: `./dist/${name}.d.ts`, default: `./dist/${name}.js` })
  t.deepEqual(exports, {
    '.': built('index'),
    './migrations': built('migrations'),
    './testing': built('testing'),
    './transfer': built('transfer'),
    './package.json': './package.json',
  })
})
