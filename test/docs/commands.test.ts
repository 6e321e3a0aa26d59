import test from 'ava'
import { basic } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { block, blocks, documents, read } from '../support/markdown.ts'
import { startRedis } from '../support/redis.ts'
import { freePort, SHOWN_PASSWORD, serve, shell } from '../support/shell.ts'
import { SECRET } from '../support/site.ts'
import { testOnPostgres, testWith } from '../support/tools.ts'

/** What only a clean clone or an empty folder can show, and so what CI types. */
const BY_CI: Record<string, string[]> = {
  'npm install sanitize-html busboy file-type image-size': ["block docs/features/content.md sh 'npm install'"],
  'npm ci && npm start': ['npm ci', 'npm start'],
  'npm ci && npm test': ['npm ci', 'npm test'],
  'npm init -y && npm pkg set type=module && npm install koa-wp-connect koa @koa/router knex better-sqlite3': [
    "block README.md sh 'npm init'",
  ],
  'npm install -D typescript @types/koa @types/node': ["block docs/start/mount.md sh 'install -D typescript'"],
}
/** How many other blocks of commands each document has: all are typed by the tests of this folder. */
const BY_TESTS = {
  'README.md': 2,
  'docs/features/content.md': 1,
  'docs/run/behind-a-proxy.md': 2,
  'docs/reference/cli.md': 1,
  'docs/run/configuration.md': 4,
  'docs/start/connect-a-client.md': 3,
  'docs/run/doctor.md': 1,
  'docs/features/import-from-wordpress.md': 1,
  'docs/run/migrations.md': 1,
  'docs/run/several-processes.md': 1,
  'docs/features/sites.md': 1,
  'docs/adapt/testing.md': 1,
  'docs/start/try-it.md': 2,
  'docs/start/users.md': 1,
}

testWith('curl')('docs/start/try-it.md: start, create a password, call the API', async t => {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const env = { PORT: String(port), CONNECT_SECRET: SECRET, DATABASE_URL: await freshDatabase(t) }
  await serve(t, block('docs/start/try-it.md', 'sh', 'npm start').replace('npm ci && ', ''), url, { env })
  const made = await shell(block('docs/start/try-it.md', 'sh', 'create admin Zapier'), { env })
  const password = /^Password: (\w{24})$/m.exec(made.output)?.[1] ?? ''
  t.is(made.code, 0, made.output)

  const call = (curl: string) => shell(curl.replace('curl', 'curl -s').replace('localhost:8080', `localhost:${port}`))
  const posts = await call(block('docs/start/try-it.md', 'sh', 'curl').replace(SHOWN_PASSWORD, password))
  t.is(JSON.parse(posts.output).seenBy, 'admin')

  const wrong = await call(block('docs/run/behind-a-proxy.md', 'sh', 'curl'))
  t.is(JSON.parse(wrong.output).code, 'incorrect_password')
})

test('docs/run/configuration.md: a bad variable is reported in one line', async t => {
  const { code, output } = await shell(
    block('docs/run/configuration.md', 'sh', 'eighty').replace('npm', 'npm --silent'),
  )
  t.not(code, 0)
  t.regex(output, /^Error: Bad environment: PORT: expected a port number\n$/)
})

test('docs/run/configuration.md: npm start forwards SIGTERM and exits with 0, as the site does', async t => {
  const port = await freePort()
  const env = { PORT: String(port), CONNECT_SECRET: SECRET, DATABASE_URL: await freshDatabase(t), ADMIN_PASSWORD: 'x' }
  // To npm alone, as a process supervisor sends it.
  const { code, output } = await shell(
    'npm start & until curl -so /dev/null localhost:$PORT; do sleep 0.1; done; kill -TERM $!; wait $!',
    { env },
  )
  t.is(code, 0, output)
  await t.throwsAsync(fetch(`http://127.0.0.1:${port}/`), undefined, 'and nothing goes on listening')
})

test('docs/run/configuration.md: the example for a private network', async t => {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const command = block('docs/run/configuration.md', 'sh', '0.0.0.0').replace('http://192.168.1.20:8080', url)
  await serve(t, command, url, {
    env: { PORT: String(port), CONNECT_SECRET: SECRET, DATABASE_URL: await freshDatabase(t) },
  })
  t.regex(await (await fetch(url)).text(), /curl -u/)
})

testOnPostgres()('docs/run/configuration.md: on PostgreSQL', async t => {
  const port = await freePort()
  const url = `http://localhost:${port}`
  const command = block('docs/run/configuration.md', 'sh', 'postgres://').replace(
    /postgres:\S+/,
    await freshDatabase(t),
  )
  await serve(t, command, url, { env: { PORT: String(port), CONNECT_SECRET: SECRET } })
  t.is((await fetch(`${url}/wp-json/`)).status, 200)
})

testWith('redis-server')('docs/run/configuration.md: failed attempts in Redis', async t => {
  const redis = await startRedis(t)
  const port = await freePort()
  const url = `http://localhost:${port}`
  const command = block('docs/run/configuration.md', 'sh', 'REDIS_URL').replace(/redis:\S+/, redis.url)
  await serve(t, command, url, {
    env: { PORT: String(port), CONNECT_SECRET: SECRET, DATABASE_URL: await freshDatabase(t) },
  })
  await fetch(`${url}/wp-json/`, { headers: basic('nobody', 'wrong') })
  t.regex(await redis.dump(), /connect_throttle/)
})

test('every command in the documents is run by a test', t => {
  const ci = ['.ci/run', '.ci/lib.sh', '.ci/package', '.ci/compatibility'].map(read).join('')
  for (const typed of Object.values(BY_CI).flat()) t.true(ci.includes(typed), typed)
  const others = documents().map(path => [path, blocks(path, 'sh').filter(code => !(code.trim() in BY_CI)).length])
  t.deepEqual(Object.fromEntries(others.filter(([, count]) => count !== 0)), BY_TESTS)
})
