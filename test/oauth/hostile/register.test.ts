import { gzipSync } from 'node:zlib'
import test from 'ava'
import { destinationOf } from '../../../src/http/destination.ts'
import type { Request } from '../../support/client.ts'
import { MARKUP, verdict } from '../../support/hostile.ts'
import { authorizeUrl, CALLBACK, createApp, openConsent, pkce, press } from '../../support/oauth.ts'
import { stubOutside } from '../../support/outside.ts'
import { startSite } from '../../support/site.ts'

const { documents, fetched, restore } = stubOutside()
test.after.always(restore)

const PATH = '/oauth2/register'
const typed = (type: string, body: string | Buffer, more: Record<string, string> = {}): Request => ({
  // What it is typed as is what counts; fetch takes bytes too.
  body: body as string,
  headers: { 'content-type': type, ...more },
})
const json = (body: string | Buffer): Request => typed('application/json', body)
const good = { redirect_uris: [CALLBACK] }
const withMore = (more: object): Request => ({ json: { ...good, ...more } })

const REFUSED: [what: string, request: Request, expected: string][] = [
  // Bodies.
  ['nothing', {}, '400 invalid_client_metadata'],
  ['a form', { form: `redirect_uris=${CALLBACK}` }, '400 invalid_client_metadata'],
  ['text', typed('text/plain', JSON.stringify(good)), '400 invalid_client_metadata'],
  ['multipart', typed('multipart/form-data; boundary=y', '--y--'), '400 invalid_client_metadata'],
  ['no type', typed('', JSON.stringify(good)), '400 invalid_client_metadata'],
  ['half of it', json('{"redirect_uris":['), '400 invalid_request'],
  ['empty', json(''), '400 invalid_request'],
  ['gzip', typed('application/json', gzipSync('{}'), { 'content-encoding': 'gzip' }), '400 invalid_request'],
  ['UTF-16', typed('application/json; charset=utf-16', Buffer.from('{}', 'utf16le')), '400 invalid_request'],
  ['invalid UTF-8', json(Buffer.from([0x7b, 0xff, 0xfe, 0x7d])), '400 invalid_request'],
  ['8,000 lists in each other', json('['.repeat(8000) + ']'.repeat(8000)), '400 invalid_client_metadata'],
  ['2,500 objects in each other', json(`${'{"a":'.repeat(2500)}1${'}'.repeat(2500)}`), '400 invalid_client_metadata'],
  ['64 KB', { json: { ...good, x: 'x'.repeat(65_536) } }, '413 invalid_request'],
  ['10,000 addresses', { json: { redirect_uris: Array(10_000).fill('a') } }, '413 invalid_request'],
  ...['[]', '"x"', '1', 'null', 'true', '{}', '[{"redirect_uris":["https://app.example/"]}]'].map(
    (body): [string, Request, string] => [body, json(body), '400 invalid_client_metadata'],
  ),
  ['a prototype’s', json('{"__proto__":{"redirect_uris":["https://app.example/"]}}'), '400 invalid_client_metadata'],
  // Types of members.
  ...[CALLBACK, 1, true, null, {}, { 0: CALLBACK, length: 1 }, [[CALLBACK]], [null], [1], [{}]].map(
    (redirect_uris): [string, Request, string] => [
      `redirect_uris ${JSON.stringify(redirect_uris)}`,
      { json: { redirect_uris } },
      '400 invalid_client_metadata',
    ],
  ),
  ['no address', { json: { redirect_uris: [] } }, '400 invalid_redirect_uri'],
  [
    '21 addresses',
    { json: { redirect_uris: Array.from({ length: 21 }, (_, i) => `${CALLBACK}${i}`) } },
    '400 invalid_redirect_uri',
  ],
  ['3,500 addresses', { json: { redirect_uris: Array(3500).fill('a') } }, '400 invalid_redirect_uri'],
  [
    'the second of two equal names',
    json(`{"redirect_uris":["${CALLBACK}"],"redirect_uris":["data:,x"]}`),
    '400 invalid_redirect_uri',
  ],
  ...['client_name', 'client_uri', 'application_type', 'token_endpoint_auth_method'].flatMap(name =>
    [1, {}, [], true].map((value): [string, Request, string] => [
      `${name} ${JSON.stringify(value)}`,
      withMore({ [name]: value }),
      '400 invalid_client_metadata',
    ]),
  ),
  ['application_type', withMore({ application_type: 'service' }), '400 invalid_client_metadata'],
  ['private_key_jwt', withMore({ token_endpoint_auth_method: 'private_key_jwt' }), '400 invalid_client_metadata'],
  // What users read.
  ...['x'.repeat(201), 'a\0b', 'a\nb', 'a\u202eb', 'a\u2066b'].map((client_name): [string, Request, string] => [
    `name ${JSON.stringify(client_name.slice(0, 20))}`,
    withMore({ client_name }),
    '400 invalid_client_metadata',
  ]),
  [
    'a name of half a letter',
    json(`{"redirect_uris":["${CALLBACK}"],"client_name":"\\ud800"}`),
    '400 invalid_client_metadata',
  ],
  ...[
    'javascript:alert(1)',
    'data:text/html,x',
    'https://u:p@app.example',
    '//app.example',
    'x',
    `https://a.example/${'x'.repeat(500)}`,
  ].map((client_uri): [string, Request, string] => [
    `website ${client_uri.slice(0, 30)}`,
    withMore({ client_uri }),
    '400 invalid_client_metadata',
  ]),
  // Addresses; more of them in redirect-uri.test.ts.
  ...[
    'javascript:alert(1)',
    'JavaScript:/alert(1)',
    'data:text/html,x',
    'http://app.example/callback',
    'http://127.0.0.1.evil.example/',
    'https://app.example/#x',
    'https://user@app.example/',
    'https://*.example/',
    'https://app.example\\@evil.example/',
    'https://app.example/\u202e',
    'https://app.example:99999/',
    'intent://x/#Intent;end',
    'mailto:a@b',
    'urn:ietf:wg:oauth:2.0:oob',
    '/callback',
    '',
    MARKUP,
  ].map((uri): [string, Request, string] => [uri, { json: { redirect_uris: [uri] } }, '400 invalid_redirect_uri']),
]

test('a hostile registration is rejected with a code that says what to change, and leaves no row', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on', TRUST_PROXY: 'on' })
  const script = await site.client()
  for (const [at, [what, request, expected]] of REFUSED.entries()) {
    // Each from an address of its own: one may register 60 an hour.
    const headers = { ...request.headers, 'x-forwarded-for': `203.0.113.${at}` }
    const answer = await script.send('POST', PATH, { ...request, headers })
    t.is(verdict(answer, CALLBACK), expected, what)
    t.is(answer.headers.get('content-type'), 'application/json; charset=utf-8', what)
    t.is(answer.headers.get('x-content-type-options'), 'nosniff', what)
  }
  t.deepEqual(await site.knex('connect_oauth_clients').select('name', 'redirect_uris'), [])
  t.is(({} as { redirect_uris?: unknown }).redirect_uris, undefined)
})

test('an application’s name must have visible characters', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const script = await site.client()
  for (const client_name of ['\u200b', '\u2060\u200d', '\u3164', '\u00ad', '\u200e\u200f', '\ufeff \u180e'])
    t.is(
      verdict(await script.send('POST', PATH, withMore({ client_name })), CALLBACK),
      '400 invalid_client_metadata',
      JSON.stringify(client_name),
    )
})

test('registrations of real applications are accepted, and the response says what was registered', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const script = await site.client()
  const register = async (body: object) => {
    const { status, json } = await script.send('POST', PATH, { json: body })
    t.is(status, 201, JSON.stringify(body))
    return json
  }
  const absent = { client_name: null, client_uri: null, application_type: null, token_endpoint_auth_method: null }
  const plain = await register({ ...good, ...absent })
  t.deepEqual(
    [plain.client_name, plain.client_uri, plain.application_type, plain.token_endpoint_auth_method],
    ['An unnamed application', undefined, 'web', 'client_secret_basic'],
  )
  t.is((await register({ ...good, client_uri: '', logo_uri: '', scope: '', contacts: [] })).client_uri, undefined)
  const cursor = 'cursor://anysphere.cursor-mcp/oauth/callback'
  const own = { redirect_uris: [cursor], token_endpoint_auth_method: 'none', application_type: 'web' }
  t.is((await register(own)).application_type, 'native')
  t.is(
    (await register({ redirect_uris: [CALLBACK, 'http://localhost:6274/oauth/callback'] })).application_type,
    'native',
  )
  const some = await register({ redirect_uris: [CALLBACK, 'javascript:alert(1)', 'urn:ietf:wg:oauth:2.0:oob', cursor] })
  t.deepEqual([some.redirect_uris, some.application_type], [[CALLBACK, cursor], 'native'])
  const row = await site.knex('connect_oauth_clients').where({ client_id: some.client_id }).first()
  t.deepEqual(JSON.parse(row.redirect_uris), [CALLBACK, cursor])
})

test('registrations do not use up the limit of document fetches', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const user = await site.client('sam')
  for (let i = 0; i < 61; i++) await user.send('POST', PATH, withMore({}))
  const id = 'https://mcp.example/client'
  documents.set(id, { client_id: id, client_name: 'MCP', ...good })
  const { challenge } = pkce()
  const app = { id, secret: null, redirectUri: CALLBACK }
  const url = authorizeUrl(app, { code_challenge: challenge, code_challenge_method: 'S256' })
  t.is(verdict(await user.get(url), CALLBACK), 'asks')
})

test('the user of a deleted registration reads what to do', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const user = await site.client('sam')
  const { json } = await user.send('POST', PATH, withMore({}))
  await site.connect.oauth?.clients.delete(json.client_id)
  const page = await user.get(authorizeUrl({ id: json.client_id, secret: null, redirectUri: CALLBACK }))
  t.is(verdict(page, CALLBACK), '400 invalid_client')
  t.true(page.text.includes('Remove the connection in the application and add it again.'))
})

test('an application cannot grant itself what only the site may give', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const script = await site.client()
  const mine = await createApp(site)
  const wanted = {
    client_id: mine.id,
    client_secret: 'chosen',
    legacy: true,
    self_registered: false,
    selfRegistered: false,
    grant_types: ['implicit', 'password', 'client_credentials'],
    response_types: ['token'],
    scope: 'everything',
    sector_identifier_uri: 'https://127.0.0.1/',
    jwks_uri: 'https://127.0.0.1/',
    logo_uri: 'https://127.0.0.1/',
    constructor: { prototype: { polluted: true } },
  }
  const { status, json: registered } = await script.send('POST', PATH, withMore(wanted))
  t.is(status, 201)
  t.regex(registered.client_id, /^\d{12}$/)
  t.not(registered.client_id, mine.id)
  t.not(registered.client_secret, 'chosen')
  t.deepEqual(registered.grant_types, ['authorization_code', 'refresh_token'])
  t.deepEqual(registered.response_types, ['code'])
  const row = await site.knex('connect_oauth_clients').where({ client_id: registered.client_id }).first()
  t.deepEqual([Boolean(row.legacy), Boolean(row.self_registered)], [false, true])
  t.is(({} as { polluted?: unknown }).polluted, undefined)
})

test('every accepted redirect URI works, and leads nowhere else', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const user = await site.client('sam')
  const { challenge } = pkce()
  for (const redirectUri of [
    'https://app.example',
    'https://app.example/?code=planted&state=planted&iss=planted',
    'https://app.example/%',
    'https://app.example/\u00e9\'"<>',
    'https://\u0430pp.example/',
    'HTTPS://APP.EXAMPLE/',
    'https://app.example/..//x',
    'http://127.1/',
    'http://[::1]',
    'my.app:/?',
    'my.app://',
    'my.app:///x?y',
    'a+b-c.1:/%',
  ]) {
    const { status, json } = await user.send('POST', PATH, {
      json: { redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' },
    })
    t.is(status, 201, redirectUri)
    const app = { id: json.client_id, secret: null, redirectUri }
    const opened = await openConsent(
      user,
      authorizeUrl(app, { code_challenge: challenge, code_challenge_method: 'S256' }),
    )
    t.is(opened.page.status, 200, redirectUri)
    const { protocol, host } = new URL(redirectUri)
    t.true(opened.page.text.includes(`<bdi>${destinationOf(redirectUri)}</bdi>`), redirectUri)
    t.true(opened.page.text.includes('registered itself'))
    const back = await press(user, opened, 'approve')
    t.deepEqual([back.protocol, back.host], [protocol, host], redirectUri)
    t.regex(back.searchParams.get('code') ?? '', /^[\w-]{43}$/)
    t.deepEqual([back.searchParams.get('state'), back.searchParams.get('iss')], ['xyz', site.url])
  }
})

test('a self-registered application cannot use the site’s URL to redirect people to its own', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const { json } = await (await site.client()).send('POST', PATH, {
    json: { redirect_uris: ['https://phish.example/'] },
  })
  const app = { id: json.client_id, secret: null, redirectUri: 'https://phish.example/' }
  // By a request that is wrong on purpose: nobody logs in, nobody agrees (RFC 9700, 4.11.2).
  for (const user of [await site.client(), await site.client('sam')]) {
    for (const wrong of [
      { response_type: 'token' },
      { resource: 'https://x.example' },
      { scope: 'auth posts' },
      { request: 'x' },
      { prompt: 'none' },
    ]) {
      const answer = await user.get(authorizeUrl(app, wrong))
      t.notRegex(answer.headers.get('location') ?? '', /^https:\/\/phish\.example/, JSON.stringify(wrong))
      // The same, where the way back from the consent page is.
      const { pathname, search } = new URL(authorizeUrl(app, wrong), site.url)
      for (const hidden of [search, `/${search}`, `.${search}`, `../authorize${search}`]) {
        const back = await user.get(`${pathname}/${encodeURIComponent(hidden)}`)
        t.deepEqual([back.status, back.headers.get('location')], [400, null], hidden)
      }
    }
  }
})

test('one address registers 60 per hour, whatever it claims to be', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const script = await site.client()
  const statuses: number[] = []
  for (let i = 0; i < 61; i++) {
    const from = `198.51.100.${i}`
    const headers = { 'x-forwarded-for': from, 'x-real-ip': from, forwarded: `for=${from}`, 'cf-connecting-ip': from }
    statuses.push((await script.send('POST', PATH, { ...withMore({}), headers })).status)
  }
  t.deepEqual([statuses.filter(status => status === 201).length, statuses.at(-1)], [60, 429])
  const refused = await script.send('POST', PATH, withMore({}))
  t.is(verdict(refused, CALLBACK), '429 temporarily_unavailable')
  t.is(refused.headers.get('retry-after'), '3600')
})

test('a site without registration has no such endpoint, and looks nothing up', async t => {
  const site = await startSite(t)
  const script = await site.client()
  t.is((await script.send('POST', PATH, withMore({}))).status, 404)
  const metadata = await script.get('/.well-known/oauth-authorization-server')
  t.is(metadata.json.registration_endpoint, undefined)
  t.falsy(metadata.json.client_id_metadata_document_supported)
  t.deepEqual(await site.knex('connect_oauth_clients'), [])
})

test('registration and documents are enabled separately, and the metadata say which', async t => {
  const { challenge } = pkce()
  for (const only of ['register', 'documents']) {
    const id = `https://mcp.example/${only}`
    documents.set(id, { client_id: id, client_name: 'MCP', ...good })
    const app = { id, secret: null, redirectUri: CALLBACK }
    const url = authorizeUrl(app, { code_challenge: challenge, code_challenge_method: 'S256' })
    const site = await startSite(t, { OAUTH_REGISTRATION: only })
    const user = await site.client('sam')
    const takesDocuments = only === 'documents'
    t.is((await user.send('POST', PATH, withMore({}))).status, takesDocuments ? 404 : 201)
    t.is(verdict(await user.get(url), CALLBACK), takesDocuments ? 'asks' : '400 invalid_client')
    t.is(fetched.includes(id), takesDocuments)
    const { json } = await user.get('/.well-known/oauth-authorization-server')
    t.is(json.registration_endpoint, takesDocuments ? undefined : site.url + PATH)
    t.is(json.client_id_metadata_document_supported ?? false, takesDocuments)
  }
})
