import { text } from 'node:stream/consumers'
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js'
import test, { type ExecutionContext } from 'ava'
import { agree } from '../clients/agree.ts'
import { startMcpHost } from '../clients/mcp-host.ts'
import { Assistant } from '../clients/mcp-provider.ts'
import { basic, Client, ME } from '../support/client.ts'
import { exampleFolder } from '../support/example.ts'
import { listen } from '../support/listen.ts'
import { block, tableRows } from '../support/markdown.ts'
import { authorize, bearer, createApp, pkce } from '../support/oauth.ts'
import { SHOWN_PASSWORD, shell } from '../support/shell.ts'
import { startSite } from '../support/site.ts'
import { testWith } from '../support/tools.ts'

const PATH = 'docs/start/connect-a-client.md'

/** A site, and a command of the document with its address and a real password. */
async function startTyping(t: ExecutionContext) {
  const site = await startSite(t)
  const admin = await site.client('admin')
  const password = (await admin.createPassword('Script')).password.replaceAll(' ', '')
  const spaced = password.match(/.{4}/g)?.join(' ') ?? ''
  const typed = (marker: string, shown = spaced) =>
    block(PATH, 'sh', marker).replace(SHOWN_PASSWORD, shown).replace('http://localhost:8080', site.url)
  return { site, admin, password, typed }
}

testWith('curl')('curl, with the password as it is shown and without its spaces', async t => {
  const { password, typed } = await startTyping(t)
  const answered = async (command: string) => JSON.parse((await shell(command.replace('curl', 'curl -s'))).output)
  t.is((await answered(typed('users/me\n'))).name, 'admin')
  t.is((await answered(typed('users/me\n', password))).name, 'admin')
  t.is((await answered(typed('users/me\n', 'wrong'))).code, 'incorrect_password')
  t.is((await answered(typed('api/posts'))).seenBy, 'admin')
})

testWith('curl')('a script revokes its own password', async t => {
  const { site, password, typed } = await startTyping(t)
  const { code, output } = await shell(typed('introspect'))
  t.is(code, 0, output)
  t.true(JSON.parse(output).deleted)
  t.is((await (await site.client()).get(ME, { headers: basic('admin', password) })).status, 401)
})

test('a script with fetch', async t => {
  const { site, password } = await startTyping(t)
  const folder = await exampleFolder(t, { 'script.ts': block(PATH, 'ts', 'btoa') })
  const run = (APPLICATION_PASSWORD: string) =>
    shell('node script.ts', { cwd: folder, env: { SITE: site.url, APPLICATION_PASSWORD } })
  t.regex((await run(password)).output, /seenBy: 'admin'/)
  const refused = await run('wrong')
  t.not(refused.code, 0)
  t.regex(refused.output, /401: .*incorrect_password/)
})

test('n8n tests a credential, lists users and terms, and writes a post', async t => {
  const { site, password } = await startTyping(t)
  const script = new Client(site.url)
  const ask = (path: string) => script.get(`/wp-json/wp/v2${path}`, { headers: basic('admin', password) })
  for (const path of ['/users', '/users?per_page=10&page=1', '/users?who=authors']) {
    const { status, headers, json } = await ask(path)
    t.is(status, 200, path)
    t.is(headers.get('x-wp-totalpages'), '1')
    t.true(json.some(({ slug }: { slug: string }) => slug === 'admin'))
  }
  for (const path of ['/posts', '/pages?per_page=10', '/categories?per_page=10&page=1', '/tags?per_page=10&page=1'])
    t.is((await ask(path)).status, 200, path)
  // As the node sends it, with every field that it knows.
  const json = {
    title: 'From n8n',
    content: 'Text',
    status: 'publish',
    comment_status: 'closed',
    ping_status: 'closed',
    sticky: false,
    categories: [1],
    format: 'standard',
  }
  const made = await script.send('POST', '/wp-json/wp/v2/posts', { headers: basic('admin', password), json })
  t.is(made.status, 201)
  t.regex((await script.get('/')).text, /From n8n/)
  t.is((await script.send('POST', '/wp-json/zapier/v1/token', { form: { username: 'admin', password } })).status, 404)
})

test('n8n’s OAuth2 credential: with the secret in the header or in the body, with and without PKCE', async t => {
  const site = await startSite(t)
  const asked = new Map(tableRows(PATH).map(([name = '', value = '']) => [name, value]))
  const path = (name: string) => asked.get(name)?.replace(/`https:\/\/example\.com([^`]*)`/, '$1') ?? ''
  t.deepEqual([path('Authorization URL'), path('Access Token URL')], ['/oauth2/authorize', '/oauth2/token'])
  const n8n = await createApp(site, { redirectUris: ['https://n8n.example/rest/oauth2-credential/callback'] })
  const sam = await site.client('sam')
  const inHeader = basic(n8n.id, n8n.secret ?? '')
  const inBody = { client_id: n8n.id, client_secret: n8n.secret ?? '' }
  for (const [headers, credentials] of [[inHeader, {}] as const, [{}, inBody] as const]) {
    for (const withPkce of [true, false]) {
      const { verifier, challenge } = pkce()
      const query = withPkce ? { code_challenge: challenge, code_challenge_method: 'S256' } : {}
      const code = await authorize(sam, n8n, { scope: 'posts', ...query })
      const form = { grant_type: 'authorization_code', code, redirect_uri: n8n.redirectUri, ...credentials }
      const { json, text: answered } = await new Client(site.url).send('POST', path('Access Token URL'), {
        headers,
        form: { ...form, ...(withPkce && { code_verifier: verifier }) },
      })
      const posts = await new Client(site.url).get('/api/posts', { headers: bearer(json.access_token) })
      t.is(posts.json.seenBy, 'sam', answered)
    }
  }
})

test('an MCP client, and a client that supports only headers', async t => {
  const host = await startMcpHost(t)
  const folder = await exampleFolder(t, { 'client.ts': block(PATH, 'ts', 'callTool') })
  type CallTool = (url: string, provider: Assistant, name: string, code?: string) => Promise<{ content: unknown }>
  const { callTool } = (await import(`${folder}/client.ts`)) as { callTool: CallTool }
  const assistant = new Assistant()
  const error = await t.throwsAsync(callTool(`${host.url}/mcp`, assistant, 'who-am-i'))
  t.is(error?.constructor.name, UnauthorizedError.name)
  const back = await agree(host.user, assistant.sent)
  const code = back.searchParams.get('code') ?? ''
  const content = [{ type: 'text', text: 'admin' }]
  t.deepEqual((await callTool(`${host.url}/mcp`, assistant, 'who-am-i', code)).content, content)
  t.deepEqual((await callTool(`${host.url}/mcp`, assistant, 'who-am-i')).content, content)

  const { password } = await host.user.createPassword('MCP')
  const called = await new Client(host.url).send('POST', '/mcp', {
    headers: { ...basic('admin', password), accept: 'application/json, text/event-stream' },
    json: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'who-am-i' } },
  })
  t.deepEqual(called.json.result.content, content)
})

test('Zapier’s hook is told of a password, without the password itself', async t => {
  const site = await startSite(t)
  const hook = await listen(t)
  const heard = new Promise<string>(resolve => {
    hook.answer(async (request, response) => {
      resolve(await text(request))
      response.end()
    })
  })
  const code = block(PATH, 'ts', 'ZAPIER_HOOK')
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  await new AsyncFunction('connect', 'process', code)(site.connect, { env: { ZAPIER_HOOK: hook.url } })
  const { password } = await (await site.client('sam')).createPassword('Zap')
  const body = await heard
  t.deepEqual(JSON.parse(body), { login: 'sam', name: 'Zap' })
  t.false(body.includes(password))
})
