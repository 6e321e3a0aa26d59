import test from 'ava'
import { type Client, formFields } from '../../support/client.ts'
import { checkPage, codeOf, MARKUP } from '../../support/hostile.ts'
import { type App, authorizeUrl, CALLBACK, createApp, openConsent, pkce, press, redeem } from '../../support/oauth.ts'
import { startSite, type TestSite } from '../../support/site.ts'

/** What the application is told by the address that the browser is sent to. */
const told = (location: string | null) => new URL(location ?? 'none:').searchParams
const { challenge } = pkce()
const PROOF = { code_challenge: challenge, code_challenge_method: 'S256' }

async function registered(site: TestSite, redirectUri: string): Promise<App> {
  const json = { redirect_uris: [redirectUri], token_endpoint_auth_method: 'none' }
  const answer = await (await site.client()).send('POST', '/oauth2/register', { json })
  return { id: answer.json.client_id, secret: null, redirectUri }
}

test('AppAuth’s request, with a nonce but without openid, works like any other', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site, { type: 'native', redirectUris: ['com.example.app:/oauth2redirect'] })
  const { page } = await openConsent(user, authorizeUrl(app, { ...PROOF, scope: 'posts', nonce: 'r4nd0m' }))
  t.is(page.status, 200)
})

test('prompt=none: login_required without a logged-in user, consent_required with one', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const errorFor = async (client: Client, query: Record<string, string>) =>
    told((await client.get(authorizeUrl(app, { prompt: 'none', ...query }))).headers.get('location')).get('error')
  const sam = await site.client('sam')
  t.is(await errorFor(await site.client(), {}), 'login_required')
  t.is(await errorFor(sam, {}), 'consent_required')
  t.is(await errorFor(sam, { scope: 'openid', max_age: '600' }), 'consent_required')
  await site.knex('connect_sessions').update({ logged_in: Date.now() - 601_000 })
  t.is(await errorFor(sam, { scope: 'openid', max_age: '600' }), 'login_required')
})

test('a response has the registered redirect URI and the state exactly as they were sent', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  // Every character that a state may have (RFC 6749, A.5).
  const state = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)).join('')
  for (const redirectUri of ['https://app.example/cb?close', 'https://app.example/cb?t=x%20y', 'https://app.example']) {
    for (const legacy of [false, true]) {
      const app = await createApp(site, { redirectUris: [redirectUri], legacy })
      for (const button of ['approve', 'reject'] as const) {
        const { path, page } = await openConsent(user, authorizeUrl(app, { state }))
        const { approve: _, ...fields } = formFields(page.text, 'name="_wpnonce"')
        const answered = await user.send('POST', path, { form: { ...fields, [button]: button } })
        const location = (await user.get(answered.headers.get('location') ?? '')).headers.get('location') ?? ''
        t.true(location.startsWith(redirectUri), location)
        t.is(told(location).get('state'), state)
        t.is(told(location).get('iss'), legacy ? null : site.url)
      }
      const refused = await user.get(authorizeUrl(app, { state, response_type: 'token' }))
      const [, fragment = ''] = (refused.headers.get('location') ?? '').split('#')
      t.is(new URLSearchParams(fragment).get('state'), state)
    }
  }
})

test('a request by form is redirected to a GET, and reads no cookies before that', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const sam = await site.client('sam')
  const [, query = ''] = authorizeUrl(app, { scope: 'openid posts', nonce: 'n', unknown: 'x' }).split('?')
  for (const path of ['/oauth2/authorize', '/oauth2/authenticate']) {
    // A form of another site: browsers send no cookies with it.
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://app.example' }
    const sent = await (await site.client()).send('POST', path, { form: query, headers })
    t.is(sent.status, 303)
    const location = sent.headers.get('location') ?? ''
    t.true(location.startsWith('/oauth2/authorize?'), location)
    t.false(location.includes('unknown'))
    t.deepEqual(await site.knex('connect_oauth_interactions').where('user_id', 'x'), [])
    const back = await press(sam, await openConsent(sam, location), 'approve')
    t.is((await redeem(site, app, back.searchParams.get('code') ?? '')).json.scope, 'openid posts')
  }
  const post = async (form: string) => (await site.client()).send('POST', '/oauth2/authorize', { form })
  t.is((await post(`${query}&client_id=1`)).headers.get('location')?.match(/client_id=/g)?.length, 2)
  t.is((await post('')).headers.get('location'), '/oauth2/authorize?')
  t.is(codeOf(await post(`${query}&blog=${'x'.repeat(9000)}`)), 'body_too_large')
  t.is(codeOf(await post(`${query}&blog=${'x'.repeat(20_000)}`)), 'body_too_large')
  t.is((await (await site.client()).send('PUT', '/oauth2/authorize')).headers.get('allow'), 'GET, HEAD, POST')
})

test('form_post: a page whose form posts the response to the application, without JavaScript too', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site, { redirectUris: [`${CALLBACK}?a="b"`] })
  const answerTo = async (button: string, state: string) => {
    const { path, page } = await openConsent(user, authorizeUrl(app, { response_mode: 'form_post', state }))
    const { approve: _, ...fields } = formFields(page.text, 'name="_wpnonce"')
    const answered = await user.send('POST', path, { form: { ...fields, [button]: button } })
    return user.get(answered.headers.get('location') ?? '')
  }
  const agreed = await answerTo('approve', MARKUP)
  t.deepEqual([agreed.status, agreed.headers.get('location')], [200, null])
  checkPage(t, agreed, 'the page')
  t.notRegex(agreed.headers.get('content-security-policy') ?? '', /form-action|unsafe/)
  t.regex(
    agreed.text,
    /<form class="form-post" method="post" action="https:\/\/app\.example\/callback\?a=&quot;b&quot;">/,
  )
  t.regex(agreed.text, /<button[^>]*>Continue<\/button>/)
  t.false(agreed.text.includes('<script>alert'))
  t.true(agreed.text.includes('value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"'))
  const { code = '', iss } = formFields(agreed.text, 'name="iss"')
  t.is(iss, site.url)
  t.is((await redeem(site, app, code)).status, 200)

  t.like(formFields((await answerTo('reject', 's')).text, 'name="iss"'), { error: 'access_denied', state: 's' })
  const wrong = await user.get(authorizeUrl(app, { response_mode: 'form_post', scope: 'auth posts' }))
  t.like(formFields(wrong.text, 'name="iss"'), { error: 'invalid_scope', state: 'xyz', iss: site.url })
  const { json } = await user.get('/.well-known/openid-configuration')
  t.deepEqual(json.response_modes_supported, ['query', 'fragment', 'form_post'])
})

test('form_post: a private-use URI scheme gets a redirect instead', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site, { type: 'native' })
  const opened = await openConsent(user, authorizeUrl(app, { ...PROOF, response_mode: 'form_post' }))
  const back = await press(user, opened, 'approve')
  t.is(back.protocol, 'my.app:')
  t.truthy(back.searchParams.get('code'))
})

test('fragment: the response is in the fragment of the URL', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const app = await createApp(site)
  const opened = await openConsent(user, authorizeUrl(app, { response_mode: 'fragment' }))
  const back = await press(user, opened, 'approve')
  t.is(back.search, '')
  t.regex(back.hash, /^#code=[\w-]{43}&state=xyz&iss=/)
})

test('errors are sent to a program on the user’s own device, even if it registered itself', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  for (const user of [await site.client(), await site.client('sam')]) {
    for (const redirectUri of ['http://127.0.0.1:7777/cb', 'http://localhost/cb', 'my.app:/cb']) {
      const app = await registered(site, redirectUri)
      const refused = await user.get(authorizeUrl(app, { ...PROOF, scope: 'auth posts' }))
      t.true(refused.headers.get('location')?.startsWith(`${redirectUri}?error=invalid_scope&`), redirectUri)
      const elsewhere = await user.get(authorizeUrl({ ...app, redirectUri: 'http://evil.example/' }, { scope: 'x' }))
      t.deepEqual([elsewhere.status, codeOf(elsewhere)], [400, 'invalid_redirect_uri'])
    }
    const web = await registered(site, 'https://phish.example/')
    const page = await user.get(authorizeUrl(web, { ...PROOF, scope: 'auth posts' }))
    t.deepEqual([page.status, page.headers.get('location'), codeOf(page)], [400, null, 'invalid_scope'])
  }
})

test('loopback URIs are equal if browsers treat them as equal', async t => {
  const site = await startSite(t)
  const user = await site.client('sam')
  const sent = 'http://LOCALHOST:1234/'
  const app = { ...(await createApp(site, { type: 'native', redirectUris: ['http://localhost'] })), redirectUri: sent }
  const { verifier, challenge } = pkce()
  const proof = { code_challenge: challenge, code_challenge_method: 'S256' }
  const { path, page } = await openConsent(user, authorizeUrl(app, proof))
  const { approve: _, ...fields } = formFields(page.text, 'name="_wpnonce"')
  const answered = await user.send('POST', path, { form: { ...fields, approve: 'y' } })
  const location = (await user.get(answered.headers.get('location') ?? '')).headers.get('location') ?? ''
  t.true(location.startsWith(`${sent}?code=`), location)
  t.is((await redeem(site, app, told(location).get('code') ?? '', verifier)).status, 200)
  // With a secret, and so on a server, the port is part of the address.
  const web = await createApp(site, { redirectUris: ['http://localhost:3000/cb'] })
  const as = async (redirectUri: string) => (await openConsent(user, authorizeUrl({ ...web, redirectUri }))).page.status
  t.is(await as('http://LocalHost:3000/cb'), 200)
  t.is((await user.get(authorizeUrl({ ...web, redirectUri: 'http://localhost:3001/cb' }))).status, 400)
})
