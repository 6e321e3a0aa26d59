import test, { type ExecutionContext } from 'ava'
import * as openid from 'openid-client'
import { type App, CALLBACK, createApp } from '../support/oauth.ts'
import { startReceiver } from '../support/receiver.ts'
import { startSite, type TestSite } from '../support/site.ts'
import { agree, refuse } from './agree.ts'

const SCOPE = 'openid profile email posts'

/** As its documentation says: the site's address, the client's id, and its secret where it has one. */
async function discover(site: TestSite, app: App): Promise<openid.Configuration> {
  const config = await openid.discovery(new URL(site.url), app.id, app.secret ?? undefined, undefined, {
    execute: [openid.allowInsecureRequests],
  })
  // The ID token's signature is checked too, although it came straight from the site.
  openid.enableNonRepudiationChecks(config)
  return config
}

async function begin(config: openid.Configuration, redirectUri: string) {
  const verifier = openid.randomPKCECodeVerifier()
  const [state, nonce] = [openid.randomState(), openid.randomNonce()]
  const url = openid.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: SCOPE,
    code_challenge: await openid.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  return { url, checks: { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce } }
}

/** From the answer to tokens, through all that is done with them, to their end: the same for every kind of client. */
async function useTokens(t: ExecutionContext, site: TestSite, config: openid.Configuration, back: URL, checks: object) {
  // So openid-client insists on `iss` in the answer (RFC 9207).
  t.true(config.serverMetadata().authorization_response_iss_parameter_supported)
  const tokens = await openid.authorizationCodeGrant(config, back, { ...checks, idTokenExpected: true })
  t.like(tokens, { scope: SCOPE, blog_id: '1', blog_url: site.url })
  const clientId = config.clientMetadata().client_id
  const claims = tokens.claims()
  t.like(claims, { iss: site.url, aud: clientId, sub: '1' })

  const user = await openid.fetchUserInfo(config, tokens.access_token, claims?.sub ?? '')
  t.like(user, { sub: '1', name: 'admin', preferred_username: 'admin', email: 'admin@example.com' })
  t.is(await seenBy(site, config, tokens.access_token), 'admin')

  const fresh = await openid.refreshTokenGrant(config, tokens.refresh_token ?? '')
  t.not(fresh.access_token, tokens.access_token)
  t.regex(fresh.refresh_token ?? '', /./)
  t.not(fresh.refresh_token, tokens.refresh_token)
  t.is(await seenBy(site, config, fresh.access_token), 'admin')
  const about = await openid.tokenIntrospection(config, fresh.access_token)
  t.like(about, { active: true, client_id: clientId, sub: '1', scope: SCOPE })

  await openid.tokenRevocation(config, fresh.refresh_token ?? '')
  t.deepEqual(await openid.tokenIntrospection(config, fresh.access_token), { active: false })
  await t.throwsAsync(seenBy(site, config, fresh.access_token), { instanceOf: openid.WWWAuthenticateChallengeError })
  const error = await t.throwsAsync(openid.refreshTokenGrant(config, fresh.refresh_token ?? ''), {
    instanceOf: openid.ResponseBodyError,
  })
  t.is(error?.error, 'invalid_grant')
}

async function seenBy(site: TestSite, config: openid.Configuration, token: string): Promise<string> {
  const answer = await openid.fetchProtectedResource(config, token, new URL('/api/posts', site.url), 'GET')
  return ((await answer.json()) as { seenBy: string }).seenBy
}

test('openid-client: a program on the user’s machine, on any free port, without a secret', async t => {
  const site = await startSite(t)
  const receiver = await startReceiver(t)
  const app = await createApp(site, { type: 'native', redirectUris: ['http://127.0.0.1/callback'] })
  const config = await discover(site, app)
  const { url, checks } = await begin(config, `${receiver.url}/callback`)
  const user = await site.client('admin')
  await user.get((await agree(user, url)).href)
  const received = new URL(`${receiver.url}/callback${receiver.received[0]?.search}`)
  await useTokens(t, site, config, received, checks)
})

test('openid-client: a web application with a secret', async t => {
  const site = await startSite(t)
  const config = await discover(site, await createApp(site))
  const { url, checks } = await begin(config, CALLBACK)
  await useTokens(t, site, config, await agree(await site.client('admin'), url), checks)
})

test('openid-client: it is told that the user did not agree', async t => {
  const site = await startSite(t)
  const config = await discover(site, await createApp(site))
  const { url, checks } = await begin(config, CALLBACK)
  const back = await refuse(await site.client('admin'), url)
  const error = await t.throwsAsync(openid.authorizationCodeGrant(config, back, checks), {
    instanceOf: openid.AuthorizationResponseError,
  })
  t.is(error?.error, 'access_denied')
  t.truthy(error?.error_description)
})

test('openid-client: a response that names another issuer is rejected', async t => {
  const site = await startSite(t)
  const config = await discover(site, await createApp(site))
  const { url, checks } = await begin(config, CALLBACK)
  const back = await agree(await site.client('admin'), url)
  back.searchParams.set('iss', 'https://evil.example')
  await t.throwsAsync(openid.authorizationCodeGrant(config, back, checks), { code: 'OAUTH_INVALID_RESPONSE' })
})
