import {
  auth,
  discoverOAuthProtectedResourceMetadata,
  extractWWWAuthenticateParams,
  UnauthorizedError,
} from '@modelcontextprotocol/sdk/client/auth.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import test, { type ExecutionContext } from 'ava'
import type { Client as Browser } from '../support/client.ts'
import { bearer } from '../support/oauth.ts'
import { startSite } from '../support/site.ts'
import { agree, seenBy } from './agree.ts'
import { startMcpHost } from './mcp-host.ts'
import { Assistant } from './mcp-provider.ts'

const openTransport = (url: string, assistant: Assistant) =>
  new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { authProvider: assistant })

/** Opens a connection, calls the tool, and closes. @returns whose it was */
async function whoAmI(url: string, assistant: Assistant): Promise<unknown> {
  const client = new Client({ name: 'assistant', version: '1.0.0' })
  try {
    await client.connect(openTransport(url, assistant) as Transport)
    const { content } = await client.callTool({ name: 'who-am-i' })
    return (content as { text: string }[])[0]?.text
  } finally {
    await client.close()
  }
}

/** From nothing but the address of the MCP server to tokens: the user agrees to what the assistant asks for. */
async function connectAssistant(t: ExecutionContext, host: { url: string; user: Browser }): Promise<Assistant> {
  const assistant = new Assistant()
  await t.throwsAsync(whoAmI(host.url, assistant), { instanceOf: UnauthorizedError })
  const back = await agree(host.user, assistant.sent)
  await openTransport(host.url, assistant).finishAuth(back.searchParams.get('code') ?? '')
  return assistant
}

test('mcp sdk: from a 401 to a tool call, by an unregistered program', async t => {
  const host = await startMcpHost(t)
  const assistant = await connectAssistant(t, host)
  t.is(assistant.sent.searchParams.get('resource'), `${host.url}/mcp`)
  t.is(await whoAmI(host.url, assistant), 'admin')
})

test('mcp sdk: a token for the MCP server gives access to nothing else', async t => {
  const host = await startMcpHost(t)
  const assistant = await connectAssistant(t, host)
  const headers = bearer(assistant.tokens()?.access_token ?? '')
  for (const path of ['/api/posts', '/rest/v1.1/me', '/wp-json/wp/v2/users/me']) {
    const { status, headers: answered } = await host.user.get(path, { headers })
    t.is(status, 401, path)
    t.regex(answered.get('www-authenticate') ?? '', /^Bearer error="invalid_token"/)
  }
})

test('mcp sdk: after the access token has expired, the next call refreshes it without the user', async t => {
  const host = await startMcpHost(t)
  const assistant = await connectAssistant(t, host)
  const old = assistant.tokens()
  assistant.saveTokens({ ...old, access_token: 'expired', token_type: 'bearer' })
  assistant.redirectToAuthorization = () => t.fail('the user was asked')
  t.is(await whoAmI(host.url, assistant), 'admin')
  t.not(assistant.tokens()?.refresh_token, old?.refresh_token)
})

test('mcp sdk: a plain API of the site works in the same way', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const assistant = new Assistant()
  const refused = await fetch(`${site.url}/api/posts`)
  t.is(refused.status, 401)
  const options = { serverUrl: `${site.url}/api/posts`, ...extractWWWAuthenticateParams(refused) }
  t.is(await auth(assistant, options), 'REDIRECT')
  const back = await agree(await site.client('ed'), assistant.sent)
  const authorizationCode = back.searchParams.get('code') ?? ''
  t.is(await auth(assistant, { ...options, authorizationCode }), 'AUTHORIZED')
  t.is(await seenBy(site, assistant.tokens()?.access_token ?? ''), 'ed')
  // Tokens are there, so this refreshes them.
  t.is(await auth(assistant, options), 'AUTHORIZED')
  t.is(await seenBy(site, assistant.tokens()?.access_token ?? ''), 'ed')
})

test('mcp sdk: it discovers the resource of a token, with and without a path', async t => {
  const { url } = await startMcpHost(t)
  const of = async (path: string) => (await discoverOAuthProtectedResourceMetadata(url + path)).resource
  t.is(await of('/mcp'), `${url}/mcp`)
  t.is(await of('/mcp/notes'), `${url}/mcp/notes`)
  t.is(await of('/'), url)
  // Of a page there is no metadata, so that of the whole site counts.
  t.is(await of('/about'), url)
})

test('mcp sdk: after the user has disconnected it, it asks for access again', async t => {
  const host = await startMcpHost(t)
  const assistant = await connectAssistant(t, host)
  await host.oauth.connectedApps.disconnectAll({ id: 1 })
  await t.throwsAsync(whoAmI(host.url, assistant), { instanceOf: UnauthorizedError })
  const back = await agree(host.user, assistant.sent)
  await openTransport(host.url, assistant).finishAuth(back.searchParams.get('code') ?? '')
  t.is(await whoAmI(host.url, assistant), 'admin')
})

test('mcp sdk: after its registration was deleted, it registers again', async t => {
  const host = await startMcpHost(t)
  const assistant = await connectAssistant(t, host)
  const old = assistant.clientInformation()?.client_id ?? ''
  await host.oauth.clients.delete(old)
  await t.throwsAsync(whoAmI(host.url, assistant), { instanceOf: UnauthorizedError })
  t.not(assistant.clientInformation()?.client_id, old)
  const back = await agree(host.user, assistant.sent)
  await openTransport(host.url, assistant).finishAuth(back.searchParams.get('code') ?? '')
  t.is(await whoAmI(host.url, assistant), 'admin')
})
