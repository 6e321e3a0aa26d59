import { existsSync, globSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import test from 'ava'
import { read } from './support/markdown.ts'
import { ROOT, shell } from './support/shell.ts'

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

test('what the packed documents link to is packed, and what an example leaves behind is not', async t => {
  const folder = await mkdtemp(join(tmpdir(), 'koa-wp-connect-pack-'))
  t.teardown(() => rm(folder, { recursive: true }))
  for (const path of ['package.json', 'README.md', ...manifest.files]) {
    if (path !== 'dist') await cp(join(ROOT, path), join(folder, path), { recursive: true })
  }
  for (const path of ['own-users/site.db-left-behind', 'egg/logs/left-behind', 'strapi/node_modules/left-behind']) {
    await mkdir(join(folder, 'examples', dirname(path)), { recursive: true })
    await writeFile(join(folder, 'examples', path), '')
  }
  const { code, output } = await shell('npm pack --dry-run --json --ignore-scripts 2>/dev/null', { cwd: folder })
  t.is(code, 0, output)
  const packed: string[] = JSON.parse(output)[0].files.map(({ path }: { path: string }) => path)
  t.deepEqual(
    packed.filter(path => path.includes('left-behind')),
    [],
  )
  const documents = packed.filter(path => path.endsWith('.md'))
  t.true(documents.length > 30)
  for (const document of documents) {
    for (const [, link = ''] of read(document).matchAll(/\]\((?!https?:|#)([^)#]+)/g)) {
      const target = join(dirname(document), link)
      t.true(
        packed.some(path => path === target || path.startsWith(`${target}/`)),
        `${document} -> ${target}`,
      )
    }
  }
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
