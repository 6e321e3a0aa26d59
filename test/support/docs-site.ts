import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { Client } from './client.ts'
import { exampleFolder } from './example.ts'
import { freePort, serve } from './shell.ts'

/** What an example takes from a file of the host's. */
export const SETTINGS = `import knex from 'knex'
export const database = knex({ client: 'better-sqlite3', connection: { filename: 'site.db' }, useNullAsDefault: true })
export const secret: string = 'a secret for tests only, 32 characters or more'
`

const APP = (more: string) => `import { readFileSync } from 'node:fs'
import Koa from 'koa'
import { connect } from './connect.ts'
${more ? `import { router } from './${more}'` : ''}
await connect.migrate()
await connect.users.accounts.create('sam', 'correct horse battery staple', { email: 'sam@example.com' })
const app = new Koa({ proxy: true })
app.use(connect.middleware())
app.use((ctx, next) => {
  if (ctx.path !== '/site.css') return next()
  ctx.type = 'css'
  ctx.body = readFileSync('site.css', 'utf8')
})
${more ? 'app.use(router.routes())' : ''}
app.listen(Number(process.env.PORT))
`

/**
 * Runs an example that is a \`connect.ts\`, as the site behind a proxy that ends TLS.
 *
 * @param files of the host's, beside it
 * @param more the one of them with a router of the host's, if any
 * @returns what makes clients there, logged in as sam, whose requests say that they came by https
 */
export async function serveConnect(t: ExecutionContext, files: Record<string, string>, more = '') {
  const folder = await exampleFolder(t, { 'settings.ts': SETTINGS, 'app.ts': APP(more) })
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  const port = await freePort()
  const url = `http://localhost:${port}`
  await serve(t, 'node app.ts', url, { cwd: folder, env: { PORT: String(port) } })
  const headers = { 'x-forwarded-proto': 'https' }
  return {
    nobody: new Client(url),
    headers,
    async sam(): Promise<Client> {
      const client = new Client(url)
      const form = { log: 'sam', pwd: 'correct horse battery staple' }
      await client.send('POST', '/wp-login.php', { headers, form })
      return client
    },
  }
}
