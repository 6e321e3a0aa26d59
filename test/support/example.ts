import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { ROOT } from './shell.ts'

const PACKAGES = [
  '@koa',
  '@modelcontextprotocol',
  '@types',
  'better-sqlite3',
  'ioredis',
  'koa',
  'koa-mount',
  'knex',
  'pg',
  'sqlite3',
]

/** A folder where examples run: `koa-wp-connect` is this source there, beside the packages that the README installs. */
export async function exampleFolder(t: ExecutionContext, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'koa-wp-connect-example-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const installed = join(folder, 'node_modules/koa-wp-connect')
  await mkdir(installed, { recursive: true })
  for (const name of PACKAGES) await symlink(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name))
  await write(installed, {
    'package.json': JSON.stringify({
      type: 'module',
      exports: { '.': './index.js', './migrations': './migrations.js', './testing': './testing.js' },
    }),
    // Node strips types of no file below node_modules, so these have none.
    'index.js': `export * from ${JSON.stringify(join(ROOT, 'src/index.ts'))}`,
    'migrations.js': `export * from ${JSON.stringify(join(ROOT, 'src/migrations.ts'))}`,
    'testing.js': `export * from ${JSON.stringify(join(ROOT, 'src/testing.ts'))}`,
  })
  await write(folder, { 'package.json': JSON.stringify({ type: 'module' }), ...files })
  return folder
}

async function write(folder: string, files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text)
}
