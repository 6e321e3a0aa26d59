import { createServer } from 'node:net'
import { checkPage, verdict } from '../../support/hostile.ts'
import { listen, startInner } from '../../support/inner.ts'
import { authorizeUrl, pkce, tokenRequest } from '../../support/oauth.ts'
import { startSite } from '../../support/site.ts'
import { testWith } from '../../support/tools.ts'

const test = testWith('openssl')
const CALLBACK = 'https://evil.example/callback'
const { challenge } = pkce()
const urlOf = (id: string) =>
  authorizeUrl(
    { id, secret: null, redirectUri: CALLBACK },
    { code_challenge: challenge, code_challenge_method: 'S256' },
  )

test('an application at a private address gets an error page, and no request is sent there', async t => {
  const { port, requests, counted } = await startInner(t, CALLBACK)
  t.is((await fetch(`https://localhost:${port}/self`)).status, 200, 'it can be reached, and is trusted')
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on', TRUST_PROXY: 'on' })
  const user = await site.client('sam')
  const hosts = ['127.0.0.1', 'localhost', 'LOCALHOST', '127.1', '2130706433', '0x7f.0.0.1', '0177.0.0.1', '0.0.0.0']
  const ids = [
    ...[...hosts, '[::1]', '[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::]', 'localhost.'].map(
      host => `https://${host}:${port}/c`,
    ),
    `HTTPS://localhost:${port}/c`,
    `https://localhost:${port}`,
    `https://user:password@localhost:${port}/c`,
    `https://localhost:${port}/c#x`,
    `https://localhost:${port}/x/../c`,
    `https://localhost:${port}/%2e%2e/c`,
    `https://localhost:${port}/c\\d`,
    `https://localhost:${port}/${'x'.repeat(300)}`,
    `http://localhost:${port}/c`,
    'https://localhost:1/c',
    'https://localhost:99999/c',
    'https://no-such-host.invalid/c',
    `https://${'x'.repeat(300)}.invalid/c`,
    'https://',
    'https:///c',
    'file:///etc/passwd',
    'data:application/json,{}',
    'ftp://127.0.0.1/c',
  ]
  for (const [at, id] of ids.entries()) {
    const headers = { 'x-forwarded-for': `203.0.113.${at}` }
    const answer = await user.get(urlOf(id), { headers })
    t.regex(verdict(answer, CALLBACK), /^400 (invalid_client|client_document_unavailable)$/, id)
    checkPage(t, answer, id)
    const { status } = await tokenRequest(site, { id, secret: null, redirectUri: CALLBACK }, { grant_type: 'x' })
    t.true(status === 400 || status === 401, id)
  }
  t.deepEqual(requests, ['/self'])
  t.is(counted.connections, 1, 'not even a connection, which would tell open ports from closed ones')
})

test('a server of another protocol on the same machine gets no connection', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const user = await site.client('sam')
  let connections = 0
  const port = await listen(
    t,
    createServer(() => connections++),
  )
  for (const host of ['127.0.0.1', 'localhost', 'localhost.']) {
    t.is(verdict(await user.get(urlOf(`https://${host}:${port}/c`)), CALLBACK), '400 client_document_unavailable')
  }
  t.is(connections, 0)
})
