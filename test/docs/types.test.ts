import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { exampleFolder } from '../support/example.ts'
import { block, blocks, documents } from '../support/markdown.ts'
import { ROOT, shell } from '../support/shell.ts'

/** What the parts of an app that are no whole file stand in. */
const CONTEXT = `import type Router from '@koa/router'
import type Koa from 'koa'
import type { Knex } from 'knex'
import type { Connect, EmbeddedUsers } from 'koa-wp-connect'
declare const app: Koa, router: Router, database: Knex, connect: Connect<EmbeddedUsers>
declare const login: string, password: string, ip: string, port: number
export {}
`

test('every TypeScript example is right by its types, as strictly as the source', async t => {
  const files: Record<string, string> = { 'people.ts': block('docs/users.md', 'ts', 'export async function loggedIn') }
  for (const path of documents()) {
    blocks(path, 'ts').forEach((code, index) => {
      const isWhole = code.startsWith('import')
      files[`${path.replace(/\W/g, '-')}-${index}.ts`] = isWhole ? code : CONTEXT + code
    })
  }
  t.true(Object.keys(files).length > 8)
  const folder = await exampleFolder(t, files)
  const tsconfig = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noUnusedLocals: false,
      paths: { 'koa-wp-connect': [join(ROOT, 'src/index.ts')] },
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    include: ['*.ts'],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  const { code, output } = await shell(`node ${join(ROOT, 'node_modules/typescript/bin/tsc')} -p .`, { cwd: folder })
  t.is(output, '')
  t.is(code, 0)
})
