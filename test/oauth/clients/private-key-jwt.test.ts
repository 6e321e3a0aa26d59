import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import test, { type ExecutionContext } from 'ava'
import { type App, authorize, CALLBACK, pkce } from '../../support/oauth.ts'
import { stubOutside } from '../../support/outside.ts'
import { startSite, type TestSite } from '../../support/site.ts'

const { documents, fetched, restore } = stubOutside()
test.after.always(restore)

const RSA = () => generateKeyPairSync('rsa', { modulusLength: 2048 })
const KINDS = {
  RS256: RSA,
  ES256: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  EdDSA: () => generateKeyPairSync('ed25519'),
}
type Algorithm = keyof typeof KINDS

interface Key {
  alg: Algorithm
  kid: string
  privateKey: KeyObject
  jwk: object
}

function makeKey(alg: Algorithm): Key {
  const { publicKey, privateKey } = KINDS[alg]() as { publicKey: KeyObject; privateKey: KeyObject }
  const kid = randomUUID()
  return { alg, kid, privateKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } }
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** What the client proves itself by. */
function assertionOf(site: TestSite, id: string, { alg, kid, privateKey }: Key, more: object = {}): string {
  const exp = Math.floor(Date.now() / 1000) + 300
  const claims = { iss: id, sub: id, aud: `${site.url}/oauth2/token`, jti: randomUUID(), exp, ...more }
  const signed = `${encode({ alg, kid })}.${encode(claims)}`
  const key = { key: privateKey, dsaEncoding: 'ieee-p1363' as const }
  return `${signed}.${sign(alg === 'EdDSA' ? null : 'sha256', Buffer.from(signed), key).toString('base64url')}`
}

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ask = async (site: TestSite, id: string, assertion: string, form: Record<string, string>) =>
  (await site.client()).send('POST', '/oauth2/token', {
    form: { client_id: id, client_assertion_type: TYPE, client_assertion: assertion, ...form },
  })

/** The user lets the application in, and it redeems the code. */
async function connect(t: ExecutionContext, site: TestSite, id: string, key: Key) {
  const { verifier, challenge } = pkce()
  const app: App = { id, secret: null, redirectUri: CALLBACK }
  const more = { code_challenge: challenge, code_challenge_method: 'S256' }
  const code = await authorize(await site.client('sam'), app, more)
  const form = { grant_type: 'authorization_code', code, redirect_uri: CALLBACK, code_verifier: verifier }
  const answer = await ask(site, id, assertionOf(site, id, key), form)
  t.is(answer.status, 200, answer.text)
  return answer.json
}

const refreshWith = (site: TestSite, id: string, assertion: string, token: string) =>
  ask(site, id, assertion, { grant_type: 'refresh_token', refresh_token: token })

const start = (t: ExecutionContext, more: Record<string, string> = {}) =>
  startSite(t, { OAUTH_REGISTRATION: 'on', ...more })

let made = 0
function publish(more: (origin: string) => object): string {
  const origin = `https://chat${made++}.example`
  const id = `${origin}/oauth/client.json`
  const usual = { client_name: 'Chat', redirect_uris: [CALLBACK], token_endpoint_auth_method: 'private_key_jwt' }
  documents.set(id, { client_id: id, ...usual, ...more(origin) })
  return id
}

test('an application authenticates with a key of its document, of each kind', async t => {
  const site = await start(t)
  for (const alg of Object.keys(KINDS) as Algorithm[]) {
    const key = makeKey(alg)
    const id = publish(() => ({ jwks: { keys: [key.jwk] } }))
    const { refresh_token, expires_in } = await connect(t, site, id, key)
    t.is(expires_in, 3600)
    const forged = assertionOf(site, id, { ...makeKey(alg), kid: key.kid })
    t.is((await refreshWith(site, id, forged, refresh_token)).json.error, 'invalid_client', alg)
    t.is((await refreshWith(site, id, assertionOf(site, id, key), refresh_token)).status, 200, alg)
  }
  const { json } = await (await site.client()).get('/.well-known/oauth-authorization-server')
  t.true(json.token_endpoint_auth_methods_supported.includes('private_key_jwt'))
  t.deepEqual(json.token_endpoint_auth_signing_alg_values_supported, ['RS256', 'ES256', 'EdDSA'])
})

test('an assertion can be used once, in all processes together', async t => {
  const site = await start(t)
  const sibling = await start(t, { DATABASE_URL: site.databaseUrl, SITE_URL: site.url })
  const key = makeKey('ES256')
  const id = publish(() => ({ jwks: { keys: [key.jwk] } }))
  const { refresh_token } = await connect(t, site, id, key)
  const assertion = assertionOf(site, id, key)
  const answers = await Promise.all(
    [site, sibling, site, sibling].map(each => refreshWith(each, id, assertion, refresh_token)),
  )
  t.is(answers.filter(({ status }) => status === 200).length, 1)
  t.deepEqual(
    new Set(answers.filter(({ status }) => status !== 200).map(({ json }) => json.error)),
    new Set(['invalid_client']),
  )
  const rows = await site.knex('connect_oauth_assertions')
  t.is(rows.length, 2)
  await site.knex('connect_oauth_assertions').update({ expires: 1 })
  await site.connect.oauth?.deleteExpired()
  t.deepEqual(await site.knex('connect_oauth_assertions'), [])
})

test('the assertions of two applications are two, even if `iss` and `jti` together read the same', async t => {
  const site = await start(t)
  const key = makeKey('ES256')
  const id = publish(() => ({ jwks: { keys: [key.jwk] } }))
  const longer = `${id}x`
  documents.set(longer, { ...(documents.get(id) as object), client_id: longer })
  const [one, other] = [await connect(t, site, id, key), await connect(t, site, longer, key)]
  const jti = randomUUID()
  const first = assertionOf(site, id, key, { jti: `x${jti}` })
  const second = assertionOf(site, longer, key, { jti })
  t.is((await refreshWith(site, id, first, one.refresh_token)).status, 200)
  t.is((await refreshWith(site, longer, second, other.refresh_token)).status, 200)
  t.is((await refreshWith(site, longer, second, other.refresh_token)).json.error, 'invalid_client')
})

test('an assertion for another server, with a distant expiry, or of another kind is rejected', async t => {
  const site = await start(t)
  const key = makeKey('ES256')
  const id = publish(() => ({ jwks: { keys: [key.jwk] } }))
  const { refresh_token } = await connect(t, site, id, key)
  const now = Math.floor(Date.now() / 1000)
  const bad: object[] = [
    { aud: 'https://other.example' },
    { aud: [site.url, 'https://other.example'] },
    { exp: now - 100 },
    { exp: now + 4000 },
    { jti: '' },
    { iss: 'x' },
  ]
  for (const more of bad) {
    const answer = await refreshWith(site, id, assertionOf(site, id, key, more), refresh_token)
    t.is(answer.json.error, 'invalid_client', JSON.stringify(more))
  }
  const none = await ask(site, id, '', { grant_type: 'refresh_token', refresh_token })
  t.true(none.status === 400 || none.status === 401)
  const fraction = assertionOf(site, id, key, { exp: now + 60.5 })
  t.is(
    (await refreshWith(site, id, fraction, 'x')).json.error,
    'invalid_grant',
    'a time may have a fraction (RFC 7519, 2)',
  )
  t.is((await refreshWith(site, id, assertionOf(site, id, key), refresh_token)).status, 200, 'no refusal spent it')
})

// Alone, because it turns the clock.
test.serial(
  'keys at a jwks_uri of the same origin are cached, and fetched again when an assertion names an unknown key',
  async t => {
    const site = await start(t)
    const [first, second] = [makeKey('RS256'), makeKey('ES256')]
    const uri = (origin: string) => `${origin}/jwks.json`
    const id = publish(origin => ({ jwks_uri: uri(origin) }))
    const keys = uri(new URL(id).origin)
    documents.set(keys, { keys: [first.jwk] })
    let { refresh_token } = await connect(t, site, id, first)
    const fetches = () => fetched.filter(url => url === keys).length
    const refresh = async (key: Key) => {
      const answer = await refreshWith(site, id, assertionOf(site, id, key), refresh_token)
      if (answer.status === 200) refresh_token = answer.json.refresh_token
      return answer.status
    }
    t.is(await refresh(first), 200)
    t.is(fetches(), 1)
    documents.set(keys, { keys: [second.jwk] })
    t.is(await refresh(second), 401, 'not within ten seconds')
    t.is(fetches(), 1)
    const { now } = Date
    Date.now = () => now() + 11_000
    try {
      t.is(await refresh(second), 200)
      t.is(fetches(), 2)
      documents.delete(keys)
      Date.now = () => now() + 400_000
      t.is(await refresh(second), 200, 'what is remembered counts while its server is away')
    } finally {
      Date.now = now
    }
  },
)

test('unavailable keys are not reported as a wrong client', async t => {
  const site = await start(t)
  const id = publish(origin => ({ jwks_uri: `${origin}/jwks.json` }))
  const answer = await refreshWith(site, id, assertionOf(site, id, makeKey('ES256')), 'x')
  t.deepEqual([answer.status, answer.json.error], [503, 'temporarily_unavailable'])
  t.regex(answer.json.error_description, /keys could not be fetched/)
  t.truthy(answer.headers.get('retry-after'))
})

test('missing keys, keys of another origin, secret, weak or slow keys are rejected, and nothing is fetched', async t => {
  const site = await start(t)
  const user = await site.client('sam')
  const elsewhere = 'https://victim.example/jwks.json'
  const secretKey = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
  const rsa = RSA().publicKey.export({ format: 'jwk' })
  // It is checked as slowly as one signs.
  const slow = { ...rsa, e: rsa.n }
  const bad = [
    {},
    { jwks_uri: elsewhere },
    { jwks: { keys: [] } },
    { jwks: { keys: [secretKey] } },
    { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } },
    { jwks: { keys: [weak] } },
    { jwks: { keys: [slow] } },
  ]
  for (const more of bad) {
    const id = publish(() => more)
    const query = { client_id: id, redirect_uri: CALLBACK, response_type: 'code' }
    const page = await user.get(`/oauth2/authorize?${new URLSearchParams(query)}`)
    t.regex(page.text, /invalid_client_document/, JSON.stringify(more))
    const json = { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'private_key_jwt', ...more }
    const registered = await user.send('POST', '/oauth2/register', { json })
    t.is(registered.json.error, 'invalid_client_metadata', JSON.stringify(more))
  }
  t.false(fetched.includes(elsewhere))
})

test('an application registers with a key, and gets no secret', async t => {
  const site = await start(t)
  const key = makeKey('ES256')
  const json = { redirect_uris: [CALLBACK], token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [key.jwk] } }
  const { json: registered } = await (await site.client()).send('POST', '/oauth2/register', { json })
  t.deepEqual([registered.client_secret, registered.token_endpoint_auth_method], [undefined, 'private_key_jwt'])
  const { refresh_token } = await connect(t, site, registered.client_id, key)
  const { client_id } = registered
  t.is((await refreshWith(site, client_id, assertionOf(site, client_id, key), refresh_token)).status, 200)
  const form = { client_id, grant_type: 'refresh_token', refresh_token }
  t.is((await (await site.client()).send('POST', '/oauth2/token', { form })).json.error, 'invalid_client')
})
