import test from 'ava'
import * as oauth from 'oauth4webapi'
import { CALLBACK, createApp, pkce } from '../support/oauth.ts'
import { startSite } from '../support/site.ts'
import { agree, seenBy } from './agree.ts'

test('oauth4webapi: a request without `openid` may carry a nonce, as AppAuth always sends one', async t => {
  const site = await startSite(t)
  const { id, secret } = await createApp(site)
  const insecure = { [oauth.allowInsecureRequests]: true }
  const issuer = new URL(site.url)
  const discovered = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure })
  const server = await oauth.processDiscoveryResponse(issuer, discovered)
  const { verifier, challenge } = pkce()
  const url = new URL(server.authorization_endpoint ?? '')
  url.search = new URLSearchParams({
    client_id: id,
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'posts',
    state: 'a state',
    nonce: 'a nonce',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }).toString()
  const back = await agree(await site.client('ed'), url)
  const client = { client_id: id }
  const answer = oauth.validateAuthResponse(server, client, back, 'a state')
  const auth = oauth.ClientSecretPost(secret ?? '')
  const request = await oauth.authorizationCodeGrantRequest(server, client, auth, answer, CALLBACK, verifier, insecure)
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, request)
  t.is(tokens.id_token, undefined)
  t.is(await seenBy(site, tokens.access_token), 'ed')
})
