import { createPublicKey, verify } from 'node:crypto'
import test from 'ava'
import { connectApp, createApp } from '../../support/oauth.ts'
import { startSite, type TestSite } from '../../support/site.ts'

const decode = (part = '') => JSON.parse(Buffer.from(part, 'base64url').toString())

/** By which algorithm an ID token is signed, after its signature was checked with the key that the site publishes. */
async function signedBy(site: TestSite, id_token = ''): Promise<string> {
  const [header, payload, signature = ''] = id_token.split('.')
  const { alg, kid } = decode(header)
  const { keys } = (await (await site.client()).get('/.well-known/jwks.json')).json
  const key = createPublicKey({ key: keys.find((each: { kid: string }) => each.kid === kid), format: 'jwk' })
  const signed = Buffer.from(`${header}.${payload}`)
  const isGood = verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url'))
  return isGood ? alg : 'bad signature'
}

test('ID tokens are signed with RS256, or as the application registered; the registration response says which', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const sam = await site.client('sam')
  const script = await site.client()
  const { json: metadata } = await script.get('/.well-known/openid-configuration')
  t.deepEqual(metadata.id_token_signing_alg_values_supported, ['RS256', 'ES256'])
  const made = await connectApp(site, sam, await createApp(site), { scope: 'openid' })
  t.is(await signedBy(site, made.id_token), 'RS256')
  for (const [asked, expected] of [
    [undefined, 'RS256'],
    ['RS256', 'RS256'],
    ['ES256', 'ES256'],
    // What is not here is replaced, and the answer says so (RFC 7591, 3.2.1).
    ['none', 'RS256'],
    ['HS256', 'RS256'],
    [null, 'RS256'],
    [['ES256'], 'RS256'],
  ]) {
    const redirectUri = 'https://a.example/cb'
    const json = { redirect_uris: [redirectUri], id_token_signed_response_alg: asked }
    const registered = await script.send('POST', '/oauth2/register', { json })
    t.like([registered.status, registered.json.id_token_signed_response_alg], [201, expected], String(asked))
    const app = { id: registered.json.client_id, secret: registered.json.client_secret, redirectUri }
    const { id_token } = await connectApp(site, sam, app, { scope: 'openid' })
    t.is(await signedBy(site, id_token), expected as string, String(asked))
  }
})
