import test from 'ava'
import { Client, formFields } from '../support/client.ts'
import { block, blocks, read } from '../support/markdown.ts'
import { authorize, bearer, connectApp, createApp, redeem } from '../support/oauth.ts'
import { OAUTH_EXAMPLE, startOAuthExample } from '../support/oauth-example.ts'
import { startSite } from '../support/site.ts'

const PATH = 'docs/features/oauth.md'

test('the example of docs/features/oauth.md authorizes an application for the default scope', async t => {
  const { url, sam, connectApp } = await startOAuthExample(t, { 'site.ts': OAUTH_EXAMPLE })
  const { scope, access_token } = await connectApp(sam)
  t.is(scope, 'posts')
  const posts = await new Client(url).get('/api/posts', { headers: bearer(access_token) })
  t.deepEqual(posts.json, { seenBy: 'sam', through: 'Shop' })
})

test('the request of docs/features/oauth.md works, and its response has the members that are shown', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const shown = JSON.parse(block(PATH, 'json', 'access_token'))
  const app = await createApp(site, { redirectUris: ['https://shop.example/callback'] })
  const tokens = await connectApp(site, sam, app, { scope: shown.scope })
  t.deepEqual(Object.keys(tokens).sort(), Object.keys(shown).sort())
  for (const name of ['token_type', 'expires_in', 'scope', 'blog_id'] as const)
    t.is((tokens as unknown as Record<string, unknown>)[name], shown[name])
  const [, query = ''] = /\/oauth2\/authorize\?(.*?)\n```/s.exec(read(PATH)) ?? []
  const request = query.replace(/\s+/g, '').replace('100000000001', app.id)
  const started = await sam.get(`/oauth2/authorize?${request}`)
  const page = await sam.get(started.headers.get('location') ?? '')
  t.truthy(formFields(page.text, 'name="_wpnonce"')._wpnonce)
})

test('docs/features/oauth.md: a host ends grants from its own code', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const { access_token } = await connectApp(site, await site.client('sam'), app, { scope: 'posts' })
  const said: string[] = []
  const code = blocks(PATH, 'ts').find(each => each.includes('disconnectAll')) ?? ''
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  await new AsyncFunction('connect', 'console', code)(site.connect, { log: (line: string) => said.push(line) })
  t.regex(said[0] ?? '', /^Shop may View who you are.*; View and manage posts$/)
  const script = await site.client()
  t.is((await script.get('/api/posts', { headers: bearer(access_token) })).status, 401)
})

test('docs/features/apps.md: a host registers an application from its own code', async t => {
  const site = await startSite(t)
  const said: unknown[][] = []
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor
  const code = block('docs/features/apps.md', 'ts', 'clients.create')
  await new AsyncFunction('connect', 'console', code)(site.connect, { log: (...words: unknown[]) => said.push(words) })
  const [id, secret] = said[0] as string[]
  const app = { id: id ?? '', secret: secret ?? '', redirectUri: 'https://shop.example/callback' }
  t.is((await redeem(site, app, await authorize(await site.client('sam'), app))).status, 200)
})
