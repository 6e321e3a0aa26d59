import test from 'ava'
import fc from 'fast-check'
import { createResources } from '../../src/oauth/resources.ts'
import { ME } from '../support/client.ts'
import { authorize, bearer, connectApp, createApp, refresh, tokenRequest } from '../support/oauth.ts'
import { startSite } from '../support/site.ts'

const resources = createResources({ url: 'https://site.example', name: 'Site', description: '' }, ['/api', '/mcp'])
const { canonical, covers, isGranted, oneOf } = resources

test('all spellings of a resource have the same canonical URL', t => {
  for (const spelling of ['https://site.example/api', 'HTTPS://SITE.example:443/api/', 'https://site.example/api?x=1'])
    t.is(canonical(spelling), 'https://site.example/api', spelling)
  for (const spelling of ['https://site.example/a/../api', 'https://site.example/%61pi', 'https://site.example/api#x'])
    t.is(canonical(spelling), 'https://site.example/api', spelling)
  t.is(canonical('https://site.example/mcp/%e2%82%ac%2d%2f'), 'https://site.example/mcp/%E2%82%AC-%2F')
  for (const spelling of ['https://site.example', 'https://site.example/'])
    t.is(canonical(spelling), 'https://site.example')
  for (const other of ['https://a:b@site.example/api', 'http://site.example/api', 'https://site.example/x', 'api', ''])
    t.is(canonical(other), null, other)
})

const segment = fc.stringMatching(/^[\w~-]{1,8}$/)
const path = fc.array(segment, { maxLength: 3 }).map(segments => ['/api', ...segments].join('/'))

/** The same path in other letters. */
const respelled = (text: string, choices: boolean[]) =>
  [...text]
    .map((letter, at) => {
      if (letter === '/' || !choices[at % choices.length]) return letter
      const encoded = `%${letter.charCodeAt(0).toString(16)}`
      return at % 2 ? encoded : encoded.toUpperCase()
    })
    .join('')

test('property: two spellings have the same canonical URL, which is its own canonical URL', t => {
  const choices = fc.array(fc.boolean(), { minLength: 1 })
  const host = fc.constantFrom('https://site.example', 'HTTPS://Site.Example:443', 'https://site.example:0443')
  const rest = fc.constantFrom('', '/', '/.', '/x/..', '?x=1', '#x', '/?x#y')
  fc.assert(
    fc.property(path, choices, host, rest, (path, choices, host, rest) => {
      t.is(canonical(host + respelled(path, choices) + rest), `https://site.example${path}`)
      t.is(canonical(`https://site.example${path}`), `https://site.example${path}`)
    }),
  )
})

test('a narrowed token gives no access that its grant does not give', t => {
  const whole = fc.constantFrom('', '/')
  fc.assert(
    fc.property(fc.array(fc.oneof(path, whole), { maxLength: 3 }), path, path, (granted, asked, called) => {
      const all = granted.map(each => `https://site.example${each}`)
      const resource = `https://site.example${asked}`
      if (!isGranted(resource, all)) return
      if (covers(canonical(resource), called))
        t.true(all.length === 0 || all.some(each => covers(canonical(each), called)))
    }),
  )
  t.true(isGranted('https://site.example/api/', ['https://site.example/api']))
  t.true(isGranted('https://site.example/api', []))
  t.true(isGranted('https://site.example/api', ['https://site.example/']))
  t.false(isGranted('https://site.example', ['https://site.example/api']))
  t.false(isGranted('https://site.example/api', ['https://site.example/api/mcp']))
  t.false(isGranted('https://elsewhere.example', []))
})

test('a token for a part gives no access to its siblings, in any spelling of the path', t => {
  const audience = 'https://site.example/api/mcp'
  for (const good of ['/api/mcp', '/api/mcp/', '/api/mcp/x', '/api/%6dcp', '/api/mcp/x/../y'])
    t.true(covers(audience, good), good)
  for (const bad of [
    '/api/mcp/../posts',
    '/api/mcp/%2e%2e/posts',
    '/api/posts/../mcp',
    '/api/mcpx',
    '/api',
    '/api/mcp%2f..',
  ])
    t.false(covers(audience, bad), bad)
})

test('several resources are reduced to the one that is meant, or none', t => {
  const [site, api, mcp] = ['https://site.example/', 'https://site.example/api', 'https://site.example/mcp']
  t.is(oneOf([api, `${api}/`]), api)
  t.is(oneOf([api, site]), 'https://site.example')
  for (const none of [[api, mcp], [api, 'https://elsewhere.example'], []]) t.is(oneOf(none), null)
})

test('another spelling of the resource, or a part of the whole site, gets a token at each step', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const sam = await site.client('sam')
  const script = await site.client()
  const [root, api] = [site.url, `${site.url}/api`]
  const redeemFor = async (code: string, resource: string) =>
    tokenRequest(site, app, { grant_type: 'authorization_code', code, redirect_uri: app.redirectUri, resource })
  const cases = [
    [`${api}/`, api],
    [api, `${api}/`],
    [api, `${api}?x=1`],
    [`${api}?x=1`, api],
    [root, `${root}/`],
    [`${root}/`, root],
    [root, api],
    [undefined, api],
  ]
  for (const [granted, asked = ''] of cases) {
    const code = await authorize(sam, app, granted ? { resource: granted } : {})
    const { status, json } = await redeemFor(code, asked)
    t.is(status, 200, `${granted} ${asked}`)
    t.is(json.scope, 'posts media taxonomy')
    const again = await refresh(site, app, json.refresh_token, { resource: asked })
    t.is(again.status, 200, `${granted} ${asked}`)
    for (const { access_token } of [json, again.json]) {
      t.is((await script.get('/api/posts', { headers: bearer(access_token) })).status, 200)
      const isForAll = new URL(asked).pathname === '/'
      t.is(
        (await script.get(ME, { headers: bearer(access_token) })).status,
        isForAll ? 200 : 401,
        `${granted} ${asked}`,
      )
    }
  }
  const { refresh_token } = await connectApp(site, sam, app, { resource: api })
  for (const wider of [root, `${root}/`, `${api}/mcp`, `${root}/wp-json`])
    t.is((await refresh(site, app, refresh_token, { resource: wider })).json.error, 'invalid_target', wider)
})
