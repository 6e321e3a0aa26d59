import { join } from 'node:path'
import test from 'ava'
import { createConnect, embeddedUsers } from '../../src/index.ts'
import { openDatabase } from '../../src/server/database.ts'
import { exampleFolder } from '../support/example.ts'
import { block } from '../support/markdown.ts'
import { ROOT, shell } from '../support/shell.ts'
import { SECRET } from '../support/site.ts'

const PATH = 'docs/run/migrations.md'

test('Knex’s command line creates the tables, and a site starts with them', async t => {
  const folder = await exampleFolder(t, { 'connect.knexfile.js': block(PATH, 'js', 'connectMigrations') })
  const command = block(PATH, 'sh', 'migrate:latest').replace(
    'npx knex',
    `node ${join(ROOT, 'node_modules/knex/bin/cli.js')}`,
  )
  const { code, output } = await shell(command, { cwd: folder })
  t.is(code, 0, output)
  t.regex(output, /Batch 1 run: 10 migrations/)
  const knex = openDatabase(`sqlite:${join(folder, 'site.db')}`)
  t.teardown(() => knex.destroy())
  const connect = await createConnect({
    knex,
    site: { url: 'https://example.com', name: 'Example' },
    secret: SECRET,
    users: embeddedUsers(),
    oauth: { scopes: { posts: 'Posts' } },
  })
  t.deepEqual(await connect.migrate(), [])
  await connect.users.accounts.create('sam', 'password', { email: 'sam@example.com' })
  await connect.close()
})
