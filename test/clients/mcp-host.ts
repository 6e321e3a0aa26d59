import Router from '@koa/router'
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js'
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { ExecutionContext } from 'ava'
import Koa, { type Context, type Middleware } from 'koa'
import { createConnect, embeddedUsers, type OAuth } from '../../src/index.ts'
import { openDatabase } from '../../src/server/database.ts'
import { Client } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { PASSWORD, SECRET } from '../support/site.ts'
import { startApp } from './app-server.ts'

/** A host with an MCP server of its own at `/mcp`, beside an API, where applications may register themselves. */
export async function startMcpHost(t: ExecutionContext) {
  const knex = openDatabase(await freshDatabase(t))
  const built = {} as { oauth: OAuth | null }
  const url = await startApp(t, async url => {
    const connect = await createConnect({
      knex,
      site: { url, name: 'Notes' },
      secret: SECRET,
      users: embeddedUsers(),
      api: ['/api', '/mcp'],
      environment: 'local',
      oauth: { scopes: { posts: 'View and manage posts', media: 'View and manage media' }, registration: true },
    })
    built.oauth = connect.oauth
    await connect.migrate()
    await connect.users.accounts.create('admin', PASSWORD, { email: 'admin@example.com', role: 'administrator' })
    t.teardown(async () => {
      await connect.close()
      await knex.destroy()
    })
    const guard = connect.require({ scope: 'posts' })
    const router = new Router()
    router.post('/mcp', guard, answerMcp)
    router.get('/api/posts', guard, ctx => {
      ctx.body = { seenBy: ctx.state.auth?.user.login }
    })
    const app = new Koa()
    app.silent = true
    app.use(connect.middleware())
    app.use(router.routes() as Middleware)
    app.use(router.allowedMethods() as Middleware)
    return app.callback()
  })
  const user = new Client(url)
  await user.login('admin', PASSWORD)
  return { url, user, oauth: built.oauth as OAuth }
}

/** One server for each request, as the SDK's documentation has it for servers that keep no sessions. */
async function answerMcp(ctx: Context): Promise<void> {
  const server = new McpServer({ name: 'notes', version: '1.0.0' })
  server.registerTool('who-am-i', {}, () => ({ content: [{ type: 'text', text: ctx.state.auth?.user.login ?? '' }] }))
  const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true })
  await server.connect(transport as Transport)
  ctx.respond = false
  await transport.handleRequest(ctx.req, ctx.res)
}
