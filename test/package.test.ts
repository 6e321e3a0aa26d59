import { existsSync, globSync } from 'node:fs'
import test from 'ava'
import { read } from './support/markdown.ts'
import { ROOT } from './support/shell.ts'

const manifest = JSON.parse(read('package.json'))

test('installing the package runs no script of its own', t => {
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) t.false(script in manifest.scripts, script)
})

test('Koa, Knex and the database clients are the host’s dependencies, and each client is optional', t => {
  const { dependencies, peerDependencies, peerDependenciesMeta } = manifest
  const clients = ['better-sqlite3', 'ioredis', 'mysql2', 'pg', 'sqlite3']
  for (const name of ['koa', 'knex', ...clients]) {
    t.true(name in peerDependencies, name)
    t.false(name in dependencies, name)
  }
  // For the option `content` only.
  const ofContent = ['busboy', 'file-type', 'image-size', 'sanitize-html']
  t.deepEqual(Object.keys(peerDependenciesMeta).sort(), ['@types/koa', ...ofContent, ...clients].sort())
})

test('the files that package.json publishes exist', t => {
  const built = ['dist']
  for (const path of manifest.files)
    t.true(built.includes(path) || existsSync(new URL(`../${path}`, import.meta.url)), path)
})

test('the lockfile names no host, and runs the install scripts of only three packages', t => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { resolved?: string; hasInstallScript?: boolean }>
  }
  t.deepEqual(
    Object.entries(packages).filter(([, { resolved }]) => resolved),
    [],
  )
  const withScripts = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript)
  t.deepEqual(
    withScripts.map(([path]) => path.replace('node_modules/', '')),
    Object.keys(manifest.allowScripts),
  )
})

const configOf = (name: string) => import(new URL(`../${name}.config.js`, import.meta.url).href)

test('every test file in the lists exists', async t => {
  for (const name of ['databases', 'quick']) await t.notThrowsAsync(configOf(name))
})

test('tests that run on some databases only are in the list for databases', async t => {
  const { files } = (await configOf('databases')).default as { files: string[] }
  const exclude = files.filter(path => path.startsWith('!')).map(path => path.slice(1))
  const listed = new Set(globSync(files, { cwd: ROOT, exclude }))
  const conditional = globSync('test/**/*.test.ts', { cwd: ROOT }).filter(path =>
    /testOnPostgres\(|process\.env\.TEST_DATABASE_URL/.test(read(path)),
  )
  t.deepEqual(
    conditional.filter(path => !listed.has(path)),
    // It has servers of its own.
    ['test/faults/servers.test.ts'],
  )
})
