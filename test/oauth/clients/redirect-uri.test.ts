import test from 'ava'
import fc from 'fast-check'
import { english } from '../../../src/languages/english.ts'
import { isSameLoopback, redirectUriProblem } from '../../../src/oauth/clients/redirect-uri.ts'

const GOOD: Record<'web' | 'native', string[]> = {
  web: [
    'https://app.example/callback',
    'https://app.example',
    'https://app.example:8443/cb?tenant=1',
    'http://localhost:3000/cb',
    'http://127.0.0.1/cb',
    'http://[::1]:8080/cb',
  ],
  native: ['my.app:/callback', 'myapp://callback', 'com.example.app:/oauth2redirect', 'https://app.example/claimed'],
}

for (const type of ['web', 'native'] as const) {
  test(`valid redirect URIs of a ${type} application`, t => {
    for (const uri of GOOD[type]) t.is(redirectUriProblem(uri, type), null, uri)
  })
}

const BAD: [uri: string, reason: RegExp, type?: 'web' | 'native'][] = [
  ['https://app.example/cb#fragment', /fragment/],
  ['https://app.example/cb#', /fragment/],
  ['https://*.example/cb', /wildcard/],
  ['https://app.example/*', /wildcard/],
  ['http://app.example/cb', /https:\/\//],
  ['http://localhost.evil.example/cb', /https:\/\//],
  ['http://127.0.0.1.evil.example/cb', /https:\/\//],
  ['http://0.0.0.0/cb', /https:\/\//],
  ['javascript:alert(1)', /javascript:/],
  ['JavaScript://app.example/%0aalert(1)', /javascript:/],
  ['data:text/html,x', /data:/],
  ['vbscript:x', /vbscript:/],
  ['file:///etc/passwd', /file:/],
  ['blob:https://app.example/x', /blob:/],
  ['https://user@app.example/cb', /username/],
  ['https://user:password@app.example/cb', /username/],
  ['https://@app.example/cb', /username/],
  ['https://bank.example@evil.example/', /username/],
  ['https://app.example\\@evil.example/', /backslashes/],
  ['https:/\\evil.example/', /backslashes/],
  [' https://app.example/cb', /white space/],
  ['https://app.example/c b', /white space/],
  ['https://app.example/\u202ecb', /control/],
  ['https://app.example/\u0000', /control/],
  ['https://app.example/\ud800', /control/],
  ['/callback', /complete address/],
  ['', /complete address/],
  ['https://', /complete address/],
  ['https:app.example/cb', /complete address/],
  ['https:///app.example/cb', /complete address/],
  ['//app.example/cb', /complete address/],
  ['my.app:/callback', /native/, 'web'],
  ['mailto:a@example.com', /mailto:/, 'native'],
  ['tel:123', /tel:/, 'native'],
  ['my.app:callback', /path/, 'native'],
  ['https://localhost/cb', /own machine/, 'native'],
  [`https://app.example/${'x'.repeat(1000)}`, /characters/],
]

for (const [uri, reason, only] of BAD) {
  test(`rejected with its reason: ${JSON.stringify(uri.slice(0, 60))}`, t => {
    for (const type of only ? [only] : (['web', 'native'] as const)) {
      t.regex(english(redirectUriProblem(uri, type) ?? { id: 'not refused' }), reason, type)
    }
  })
}

test('property: the text of an accepted redirect URI names the host that a browser goes to', t => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webUrl(),
        fc.string(),
        fc.string().map(text => `https:${text}`),
        fc.string().map(text => `https://${text}`),
        fc.webUrl().map(url => `${url}\\@evil.example`),
      ),
      uri => {
        if (redirectUriProblem(uri, 'web') !== null) return
        const { protocol, host, hash, username } = new URL(uri)
        const [, written = ''] = /^https?:\/\/([^/?]*)/i.exec(uri) ?? []
        t.is(new URL(`${protocol}//${written}`).host, host)
        t.deepEqual([hash, username], ['', ''])
      },
    ),
  )
})

test('loopback URIs are compared as browsers do, and the port may differ (RFC 8252, 7.3)', t => {
  const registered = 'http://127.0.0.1/callback'
  for (const uri of [
    'http://127.0.0.1:5000/callback',
    'http://127.0.0.1/callback',
    'http://127.0.0.1:80/callback',
    'http://127.0.0.1:/callback',
    'HTTP://127.0.0.1:5000/callback',
    'http://127.0.0.1:5000/./callback',
  ])
    t.true(isSameLoopback(uri, registered, true), uri)
  for (const uri of [
    'http://localhost:5000/callback',
    'http://[::1]:5000/callback',
    'https://127.0.0.1:5000/callback',
    'http://127.0.0.1:5000/callback/',
    'http://127.0.0.1:5000/callback?x',
    'http://127.0.0.1:5000/callback#',
    'http://127.0.0.1:5000/Callback',
    'http://127.0.0.1:5000@evil.example/callback',
    'http://user@127.0.0.1:5000/callback',
    'http://127.0.0.1:5000',
    'http://127.0.0.1:500000/callback',
    'http://127.0.0.1.evil.example:5000/callback',
    'http:127.0.0.1:5000/callback',
    'http:\\\\127.0.0.1:5000\\callback',
    'http://2130706433:5000/callback',
    'http://127.1:5000/callback',
    'http://127.0.0.1:5000/call\tback',
  ])
    t.false(isSameLoopback(uri, registered, true), uri)
  t.true(isSameLoopback('http://localhost:1', 'http://LOCALHOST:2/', true))
  t.true(isSameLoopback('http://[::1]:1/?x', 'http://[::1]/?x', true))
  t.true(isSameLoopback('http://LOCALHOST:80/', 'http://localhost', false))
  t.false(isSameLoopback('http://localhost:1/', 'http://localhost:2/', false))
  t.false(isSameLoopback('http://app.example:1/', 'http://app.example:2/', true))
})
