import test from 'ava'
import { tokenHash } from '../../../src/crypto/random-token.ts'
import { basic, Client } from '../../support/client.ts'
import { authorize, bearer, connectApp, createApp, pkce, redeem, refresh, tokenRequest } from '../../support/oauth.ts'
import { startSite } from '../../support/site.ts'

const PATHS = ['/oauth2/token', '/oauth2/token-info', '/oauth2/revoke']
/** What a client gets that has said who it is, for a refresh token that is not there. */
const LET_IN = new Set(['invalid_grant', undefined])

test('duplicate client authentication is merged and foreign credentials are ignored; the secret is still required', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const [other, native] = [await createApp(site), await createApp(site, { type: 'native' })]
  const secret = app.secret ?? ''
  const encoded = [...secret].map(letter => `%${letter.charCodeAt(0).toString(16)}`).join('')
  const [me, full] = [{ client_id: app.id }, { client_id: app.id, client_secret: secret }]
  const open = { client_id: native.id }
  const wall = basic('dev', 'dev')
  const rows: [what: string, form: Record<string, string>, headers: Record<string, string>, expected?: string][] = [
    ['a staging wall, public', open, wall],
    ['a staging wall, secret in the body', full, wall],
    ['a Bearer header, public', open, bearer('x')],
    ['a Bearer header, secret in the body', full, bearer('x')],
    ['a broken Basic header', full, { authorization: 'Basic !!!' }],
    ['the same pair twice', full, basic(app.id, secret)],
    ['the same pair, encoded in the header', full, basic(app.id, encoded)],
    ['the header alone, encoded', {}, basic(app.id, encoded)],
    ['the header and the id', me, basic(app.id, secret)],
    ['the header and an empty secret', { ...me, client_secret: '' }, basic(app.id, secret)],
    ['a public client in the header', {}, basic(native.id, '')],
    ['a public client in both', open, basic(native.id, '')],
    ['public, an empty secret', { ...open, client_secret: '' }, {}],
    ['a wall, and no secret', me, wall, 'invalid_client'],
    ['a Bearer header, and no secret', me, bearer('x'), 'invalid_client'],
    ['an empty secret in the header', me, basic(app.id, ''), 'invalid_client'],
    ['an empty secret, and the wall', { ...me, client_secret: '' }, wall, 'invalid_client'],
    ['another’s secret', me, basic(app.id, other.secret ?? ''), 'invalid_client'],
    ['a wrong secret in the body, and the wall', { ...me, client_secret: 'x' }, wall, 'invalid_client'],
    ['the same wrong secret twice', { ...me, client_secret: 'x' }, basic(app.id, 'x'), 'invalid_client'],
    ['the secret’s hash', me, basic(app.id, tokenHash(secret)), 'invalid_client'],
    ['a secret for who has none', open, basic(native.id, 'x'), 'invalid_client'],
    ['two clients', full, basic(other.id, other.secret ?? ''), 'invalid_request'],
    ['two clients, one of them public', open, basic(app.id, secret), 'invalid_request'],
    ['a right secret, and a wrong one', full, basic(app.id, 'x'), 'invalid_request'],
    ['a wrong secret, and a right one', { ...me, client_secret: 'x' }, basic(app.id, secret), 'invalid_request'],
    [
      'a document’s address in the header',
      full,
      basic(encodeURIComponent('https://a.example/c'), 'x'),
      'invalid_request',
    ],
    ['nobody', {}, wall, 'invalid_client'],
  ]
  const fields = { grant_type: 'refresh_token', refresh_token: 'x', token: 'x' }
  for (const path of PATHS) {
    for (const [what, form, headers, expected] of rows) {
      const { json } = await new Client(site.url).send('POST', path, { form: { ...fields, ...form }, headers })
      if (expected) t.is(json.error, expected, `${path} ${what}`)
      else t.true(LET_IN.has(json.error), `${path} ${what}: ${json.error} ${json.error_description}`)
    }
  }
})

test('a body that is not a form gets an error that says what to send', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const fields = { client_id: app.id, client_secret: app.secret ?? '', grant_type: 'refresh_token', refresh_token: 'x' }
  const body = new URLSearchParams(fields).toString()
  for (const path of PATHS) {
    for (const request of [{ json: fields }, { body, headers: { 'content-type': '' } }, { body }, {}]) {
      const { status, json } = await new Client(site.url).send('POST', path, request)
      t.deepEqual([status, json.error], [400, 'invalid_request'])
      t.regex(json.error_description, /application\/x-www-form-urlencoded.*Content-Type/)
    }
  }
})

test('a refresh may name scopes that the authorization endpoint dropped', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const sam = await site.client('sam')
  for (const [asked, granted] of [
    ['openid offline_access posts', 'openid posts'],
    ['read write', 'posts media taxonomy'],
    ['posts,unknown', 'posts'],
  ]) {
    const tokens = await connectApp(site, sam, app, { scope: asked ?? '' })
    const { status, json } = await refresh(site, app, tokens.refresh_token, { scope: asked ?? '' })
    t.deepEqual([status, json.scope], [200, granted], asked)
    const more = await refresh(site, app, json.refresh_token, { scope: 'posts global unknown' })
    t.is(more.json.error, 'invalid_scope', 'what is known and was not granted')
    t.is((await refresh(site, app, json.refresh_token)).status, 200, 'which spent nothing')
  }
})

test('invalid_grant says which part was wrong, but reveals nothing about another client’s token', async t => {
  const site = await startSite(t)
  const [app, other] = [await createApp(site), await createApp(site)]
  const sam = await site.client('sam')
  const { challenge, verifier } = pkce()
  const code = await authorize(sam, app, { code_challenge: challenge, code_challenge_method: 'S256' })
  const why = async (by: typeof app, form: Record<string, string>) =>
    (await tokenRequest(site, by, { grant_type: 'authorization_code', redirect_uri: app.redirectUri, ...form })).json
      .error_description
  t.regex(await why(app, { code, code_verifier: verifier, redirect_uri: 'https://app.example/' }), /redirect_uri/)
  t.regex(await why(app, { code }), /code_challenge: send its code_verifier/)
  t.regex(await why(app, { code, code_verifier: pkce().verifier }), /code_verifier does not fit/)
  const unknown = await why(app, { code: 'x' })
  t.regex(unknown, /unknown/)
  t.is(await why(other, { code, code_verifier: verifier }), unknown)
  t.is((await redeem(site, app, code, verifier)).status, 200)
  t.regex(await why(app, { code, code_verifier: verifier }), /used already/)
})
