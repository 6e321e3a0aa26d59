import { verdict } from '../../support/hostile.ts'
import { startInner } from '../../support/inner.ts'
import { authorizeUrl, pkce } from '../../support/oauth.ts'
import { startSite } from '../../support/site.ts'
import { testWith } from '../../support/tools.ts'

// Alone in its file: oidc-provider looks once in a process.
const test = testWith('openssl')
const CALLBACK = 'https://evil.example/callback'

/** As a host does that sends its requests through a proxy: undici's ProxyAgent is not made without an address either. */
function replaceDispatcher(): () => void {
  void Response
  const names = [1, 2].map(version => Symbol.for(`undici.globalDispatcher.${version}`))
  const global = globalThis as unknown as Record<symbol, { constructor: new () => object } | undefined>
  const before = names.map(name => global[name])
  for (const [at, name] of names.entries()) {
    const Usual = before[at]?.constructor
    if (!Usual) continue
    class Proxying extends Usual {
      constructor(address?: string) {
        if (!address) throw new TypeError('Proxy opts.uri is mandatory')
        super()
      }
    }
    global[name] = new Proxying('http://proxy.example') as never
  }
  return () => {
    for (const [at, name] of names.entries()) global[name] = before[at]
  }
}

test('with a host’s own fetch, the server’s private network stays out of reach', async t => {
  t.teardown(replaceDispatcher())
  const { port, requests, counted } = await startInner(t, CALLBACK)
  t.is((await fetch(`https://localhost:${port}/self`)).status, 200)
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const { challenge } = pkce()
  const app = { id: `https://localhost:${port}/c`, secret: null, redirectUri: CALLBACK }
  const url = authorizeUrl(app, { code_challenge: challenge, code_challenge_method: 'S256' })
  t.is(verdict(await (await site.client('sam')).get(url), CALLBACK), '400 client_document_unavailable')
  t.deepEqual(requests, ['/self'])
  t.is(counted.connections, 1)
})
