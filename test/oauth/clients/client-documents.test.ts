import test from 'ava'
import { Client, ME } from '../../support/client.ts'
import { checkPage, codeOf, MARKUP, verdict } from '../../support/hostile.ts'
import {
  authorizeUrl,
  bearer,
  connectApp,
  openConsent,
  pkce,
  press,
  refresh,
  tokenRequest,
} from '../../support/oauth.ts'
import { stubOutside } from '../../support/outside.ts'
import { startSite, type TestSite } from '../../support/site.ts'

const CALLBACK = 'https://mcp.example/callback'
const { challenge } = pkce()

const { documents, fetched, restore } = stubOutside()
test.after.always(restore)

let made = 0
/** An application that describes itself. @returns its id */
function publish(more: object = {}): string {
  const id = `https://mcp${made++}.example/client`
  const usual = { client_name: 'MCP', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'none' }
  documents.set(id, { client_id: id, ...usual, ...more })
  return id
}

const urlOf = (id: string) =>
  authorizeUrl(
    { id, secret: null, redirectUri: CALLBACK },
    { code_challenge: challenge, code_challenge_method: 'S256' },
  )

let addresses = 0
/** Each from an address of its own: one may bring along 60 an hour. */
const ask = (user: Client, id: string) =>
  user.get(urlOf(id), { headers: { 'x-forwarded-for': `203.0.113.${addresses++ % 250}` } })

const fetchesOf = (address: string) => fetched.filter(url => url === address).length
const start = (t: import('ava').ExecutionContext, more: Record<string, string> = {}): Promise<TestSite> =>
  startSite(t, { OAUTH_REGISTRATION: 'on', TRUST_PROXY: 'on', ...more })

const BAD: [what: string, document: object][] = [
  ['no name', { client_name: undefined }],
  ['a name that turns the direction', { client_name: 'a\u202eb' }],
  ['a long name', { client_name: 'x'.repeat(201) }],
  ['a name that is none', { client_name: { a: 1 } }],
  ['a website that runs', { client_uri: 'javascript:alert(1)' }],
  ['plain http', { redirect_uris: ['http://evil.example/'] }],
  ['an address that runs', { redirect_uris: ['javascript:alert(1)'] }],
  ['one that runs in an app', { application_type: 'native', redirect_uris: ['data:/,x'] }],
  ['no addresses', { redirect_uris: [] }],
  ['addresses that are none', { redirect_uris: [1, null, {}] }],
  ['one address, not a list', { redirect_uris: CALLBACK }],
  ['null', { redirect_uris: null }],
  ['700 addresses', { redirect_uris: Array.from({ length: 700 }, (_, at) => `${CALLBACK}${at}`) }],
  ['the id of another', { client_id: 'https://other.example/client' }],
  ['a secret', { client_secret: 'x' }],
  ['to prove itself by a secret', { token_endpoint_auth_method: 'client_secret_basic' }],
  ['implicit', { response_types: ['token'], grant_types: ['implicit'] }],
  ['client credentials', { response_types: ['code'], grant_types: ['client_credentials'] }],
]

test('a hostile document gets an error page, and no request or redirect', async t => {
  const site = await start(t)
  const user = await site.client('sam')
  const rows = BAD.map(([what, more]): [string, string, string] => [what, publish(more), 'invalid_client_document'])
  for (const [what, body, code] of [
    ['no JSON', '{', 'invalid_client_document'],
    ['a list', '[1]', 'invalid_client_document'],
    ['null', 'null', 'invalid_client_document'],
    ['1 MB', `{"a":"${'x'.repeat(1_000_000)}"}`, 'client_document_unavailable'],
  ] as const) {
    const id = publish()
    documents.set(id, () => new Response(body))
    rows.push([what, id, code])
  }
  const elsewhere = publish()
  documents.set(elsewhere, () => new Response(null, { status: 302, headers: { location: 'https://127.0.0.1/' } }))
  rows.push(['a redirect', elsewhere, 'client_document_unavailable'])
  for (const [what, id, code] of rows) {
    const answer = await ask(user, id)
    t.is(verdict(answer, CALLBACK), `400 ${code}`, what)
    checkPage(t, answer, what)
    t.true(answer.text.includes(id), what)
    const token = await tokenRequest(site, { id, secret: null, redirectUri: CALLBACK }, { grant_type: 'x' })
    t.is(verdict(token, CALLBACK), '400 invalid_client', what)
  }
  t.is(fetchesOf('https://127.0.0.1/'), 0)
})

const SCHEME = 'cursor://anysphere.cursor-mcp/oauth/callback'
const LOOPBACK = 'http://127.0.0.1:33418/'

const GOOD: [what: string, document: object, redirectUri: string][] = [
  ['null and empty members', { client_uri: null, logo_uri: '', contacts: null, application_type: null }, CALLBACK],
  ['no way to prove itself', { token_endpoint_auth_method: undefined }, CALLBACK],
  ['scopes that are not known here', { scope: 'openid foo mcp:tools' }, CALLBACK],
  ['members that are not known here', { software_id: 1, jwks: 'x', logo_uri: 5, contacts: [1], 'x-y': {} }, CALLBACK],
  ['a scheme of its own, and no type', { redirect_uris: [CALLBACK, SCHEME] }, SCHEME],
  ['the https address beside it', { redirect_uris: [CALLBACK, SCHEME] }, CALLBACK],
  ['a scheme of its own, and the type web', { redirect_uris: [SCHEME], application_type: 'web' }, SCHEME],
  ['programs of each platform', { redirect_uris: ['https://vscode.dev/redirect', LOOPBACK] }, LOOPBACK],
  ['an address that is refused beside a good one', { redirect_uris: ['http://evil.example/', CALLBACK] }, CALLBACK],
  [
    'more grant and response types than there are here',
    {
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      response_types: ['code', 'code id_token'],
    },
    CALLBACK,
  ],
]

test('documents of real applications are accepted', async t => {
  const site = await start(t)
  const user = await site.client('sam')
  for (const [what, more, redirectUri] of GOOD) {
    const app = { id: publish(more), secret: null, redirectUri }
    const tokens = await connectApp(site, user, app)
    t.is((await refresh(site, app, tokens.refresh_token)).status, 200, what)
  }
})

test('a redirect URI of a rejected document gets no redirect', async t => {
  const site = await start(t)
  const user = await site.client('sam')
  const id = publish({ redirect_uris: ['http://evil.example/', CALLBACK] })
  const app = { id, secret: null, redirectUri: 'http://evil.example/' }
  const answer = await user.get(authorizeUrl(app, { code_challenge: challenge, code_challenge_method: 'S256' }))
  t.is(verdict(answer, CALLBACK), '400 invalid_redirect_uri')
})

test('texts of a document have the same limits as those of a registration', async t => {
  const site = await start(t)
  const user = await site.client('sam')
  const accepted: object[] = []
  for (const more of [
    { client_uri: `https://mcp.example/${'x'.repeat(600)}` },
    { client_uri: 'https://user:password@mcp.example/' },
    { client_name: '\u200b' },
    { client_name: '\u3164' },
  ])
    if (verdict(await ask(user, publish(more)), CALLBACK) !== '400 invalid_client_document') accepted.push(more)
  t.deepEqual(accepted, [])
})

test('an unavailable document is fetched once per request, so that the user does not wait twice', async t => {
  const site = await start(t)
  const user = await site.client('sam')
  const id = 'https://gone.example/client'
  t.is(codeOf(await ask(user, id)), 'client_document_unavailable')
  t.is(fetchesOf(id), 1)
})

test('only the document itself is fetched, and only when the cache has expired', async t => {
  const site = await start(t)
  const user = await site.client('sam')
  const victim = 'https://victim.example/list'
  documents.set(victim, [CALLBACK])
  const logo = 'https://victim.example/logo'
  const id = publish({ sector_identifier_uri: victim, logo_uri: logo, policy_uri: logo, tos_uri: logo, jwks_uri: logo })
  const plain = publish({ logo_uri: logo, policy_uri: logo, tos_uri: logo })
  for (let i = 0; i < 5; i++) for (const each of [id, plain]) await ask(user, each)
  t.is(fetchesOf(plain), 1)
  t.is(fetchesOf(victim) + fetchesOf(logo), 0)
})

// Alone, because it turns the clock.
test.serial('the consent page works after a minute, and in another process', async t => {
  const site = await start(t)
  const sibling = await start(t, { DATABASE_URL: site.databaseUrl })
  const user = await site.client('sam')
  const opened = await openConsent(user, urlOf(publish({ client_name: `MCP ${MARKUP}` })))
  t.is(opened.page.status, 200)
  t.true(opened.page.text.includes('MCP &quot;&gt;&lt;script&gt;'))
  const elsewhere = new Client(sibling.url)
  for (const [name, value] of user.cookies) elsewhere.cookies.set(name, value)
  t.is((await elsewhere.get(opened.path)).status, 200, 'another process')
  const { now } = Date
  Date.now = () => now() + 60_000
  try {
    t.is((await user.get(opened.path)).status, 200, 'a minute later')
    t.regex((await press(user, opened, 'approve')).href, /^https:\/\/mcp\.example\/callback\?code=/)
  } finally {
    Date.now = now
  }
})

test('a document has one URL: another spelling is not a client', async t => {
  const site = await start(t)
  const user = await site.client('sam')
  const id = publish()
  for (const spelling of [
    id.replace('https', 'HTTPS'),
    id.replace('mcp', 'MCP'),
    id.replace('.example/', '.example:443/'),
    'https://mcp.example',
  ]) {
    documents.set(spelling, { client_name: 'MCP', redirect_uris: [CALLBACK], client_id: spelling })
    t.is(codeOf(await ask(user, spelling)), 'invalid_client', spelling)
    t.is(fetchesOf(spelling), 0, spelling)
  }
})

test('one address may cause 60 document fetches per hour', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const user = await site.client('sam')
  const ids = Array.from({ length: 62 }, () => publish())
  for (const [i, id] of ids.entries()) {
    const answer = await user.get(urlOf(id), { headers: { 'x-forwarded-for': `198.51.100.${i}` } })
    t.is(verdict(answer, CALLBACK), i < 60 ? 'asks' : '429 too_many_attempts')
    if (i >= 60) t.is(answer.headers.get('retry-after'), '3600')
  }
  t.is(ids.filter(id => fetchesOf(id) > 0).length, 60)
})

test('a site without registration fetches nothing', async t => {
  const site = await startSite(t)
  const id = publish()
  t.is(codeOf(await (await site.client('sam')).get(urlOf(id))), 'invalid_client')
  const form = { client_id: id, grant_type: 'authorization_code', code: 'x' }
  t.is((await (await site.client()).send('POST', '/oauth2/token', { form })).status, 401)
  t.is(fetchesOf(id), 0)
})

test('a self-describing application is authorized, marked as such, and deleted by the site', async t => {
  const site = await start(t)
  const user = await site.client('sam')
  const id = publish({ grant_types: ['authorization_code', 'refresh_token'] })
  const { page } = await openConsent(user, urlOf(id))
  t.regex(page.text, /registered itself/)
  t.true(page.text.includes(new URL(id).host))
  const tokens = await connectApp(site, user, { id, secret: null, redirectUri: CALLBACK })
  const seen = async () => (await (await site.client()).get(ME, { headers: bearer(tokens.access_token) })).status
  t.is(await seen(), 200)
  const [connected] = (await user.rest('GET', '/rest/v1.1/me/connected-applications')).json.connected_applications
  t.is(connected.title, 'MCP')
  await site.connect.oauth.clients.delete(id)
  t.is(await seen(), 401)
})
