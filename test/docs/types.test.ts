import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { SETTINGS } from '../support/docs-site.ts'
import { exampleFolder } from '../support/example.ts'
import { block, blocks, documents } from '../support/markdown.ts'
import { ROOT, shell } from '../support/shell.ts'

/** What the parts of an app that are no whole file stand in. */
const CONTEXT = `import type Router from '@koa/router'
import type Koa from 'koa'
import type { Knex } from 'knex'
import type { Connect, EmbeddedUsers, LocalFileStore } from 'koa-wp-connect'
declare const store: LocalFileStore
declare const app: Koa, router: Router, database: Knex, connect: Connect<EmbeddedUsers>
declare const id: string, login: string, password: string, ip: string, port: number
declare const checkYourToken: Koa.Middleware, listPosts: Koa.Middleware
export {}
`

/** The same for what comments show: parts of a function. */
const IN_COMMENTS = `import Koa from 'koa'
import type { Knex } from 'knex'
import { ConnectError, type Connect, type Content, type ContentType, createConnect, embeddedContent, embeddedUsers, fileStore, type User, type Users } from 'koa-wp-connect'
import { connectMigrations } from 'koa-wp-connect/migrations'
import { createTestSite, type TestSite } from 'koa-wp-connect/testing'
import { readWordPress } from 'koa-wp-connect/transfer'
declare const knex: Knex, connect: Connect, anna: User, app: Koa
declare const login: string, password: string, ip: string, url: string, site: { url: string; name: string }, secret: string
declare function refuse(): void
declare function createApp(connect: Connect): Koa
declare const users: Users, findArticles: ContentType['list'], findArticle: ContentType['find']
declare const findUser: Users['find'], findUserByLogin: Users['findByLogin']
export async function example() {
`

test('every TypeScript example compiles, as strictly as the source', async t => {
  const files: Record<string, string> = {
    'people.ts': block('docs/start/users.md', 'ts', 'export async function loggedIn'),
    'settings.ts': SETTINGS,
    'connect.ts': block('docs/adapt/templates.md', 'ts', 'stylesheet:'),
    'app.ts': block('docs/adapt/testing.md', 'ts', 'export function createApp'),
    'scopes.ts': block('docs/features/scopes.md', 'ts', 'defaultScopes'),
    'sites.ts': block('docs/features/sites.md', 'ts', 'ALL'),
  }
  for (const path of documents()) {
    blocks(path, 'ts').forEach((code, index) => {
      const isWhole = code.startsWith('import')
      const inContext = path === 'docs/reference/api.md' ? `${IN_COMMENTS}${code}}` : CONTEXT + code
      files[`${path.replace(/\W/g, '-')}-${index}.ts`] = isWhole ? code : inContext
    })
  }
  t.true(Object.keys(files).length > 8)
  const folder = await exampleFolder(t, files)
  const tsconfig = {
    extends: join(ROOT, 'tsconfig.json'),
    compilerOptions: {
      noUnusedLocals: false,
      paths: {
        'koa-wp-connect': [join(ROOT, 'src/index.ts')],
        'koa-wp-connect/migrations': [join(ROOT, 'src/migrations.ts')],
        'koa-wp-connect/testing': [join(ROOT, 'src/testing.ts')],
        'koa-wp-connect/transfer': [join(ROOT, 'src/transfer.ts')],
      },
      typeRoots: [join(ROOT, 'node_modules/@types')],
    },
    include: ['*.ts'],
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  const { code, output } = await shell(`node ${join(ROOT, 'node_modules/typescript/bin/tsc')} -p .`, { cwd: folder })
  t.is(output, '')
  t.is(code, 0)
})
