import test from 'ava'
import { Issuer } from 'openid-client-5'
import { CALLBACK, createApp, pkce } from '../support/oauth.ts'
import { startSite } from '../support/site.ts'
import { agree, seenBy } from './agree.ts'

test('openid-client 5: with discovery and its own defaults, a user logs in and their name is known', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const issuer = await Issuer.discover(site.url)
  const client = new issuer.Client({ client_id: app.id, client_secret: app.secret ?? '', redirect_uris: [CALLBACK] })
  const { verifier, challenge } = pkce()
  const checks = { code_verifier: verifier, state: 'a state', nonce: 'a nonce', response_type: 'code' }
  const url = client.authorizationUrl({
    scope: 'openid profile email posts',
    state: checks.state,
    nonce: checks.nonce,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  })
  const back = await agree(await site.client('ed'), url)
  const tokens = await client.callback(CALLBACK, client.callbackParams(back.href), checks)
  t.like(tokens.claims(), { sub: '2', name: 'ed', email: 'ed@example.com' })
  t.like(await client.userinfo(tokens), { sub: '2', name: 'ed' })
  t.is(await seenBy(site, tokens.access_token ?? ''), 'ed')

  const fresh = await client.refresh(tokens)
  t.is(await seenBy(site, fresh.access_token ?? ''), 'ed')
  await client.revoke(fresh.refresh_token ?? '')
  t.deepEqual(await client.introspect(fresh.access_token ?? ''), { active: false })
})
