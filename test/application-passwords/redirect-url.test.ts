import test from 'ava'
import fc from 'fast-check'
import { addQuery, checkRedirectUrl } from '../../src/application-passwords/redirect-url.ts'
import type { ConnectError } from '../../src/errors.ts'

const verdict = (url: string, isLocal = false) => {
  try {
    checkRedirectUrl(url, isLocal)
    return 'ok'
  } catch (error) {
    return (error as ConnectError).code
  }
}

const allowed = [
  '',
  'https://a.example/cb',
  'https://a.example:8443/cb?x=1#y',
  'HTTPS://A.example/cb',
  'myapp://cb',
  'my-app+x.y://cb',
  'myapp://connected/back?state=1',
  'http://127.0.0.1:9999/cb',
  'http://127.0.0.1/cb',
  'http://[::1]:9/cb',
  'https://a.example/@user',
]
const malformed = [
  'myapp:cb',
  'myapp://',
  '1app://cb',
  '//a',
  '/rel',
  'a.example/cb',
  'https:///nohost',
  'https://a:99999/',
  'https:a.example',
  'https:/a.example',
  'javascript:alert(1)',
  'JavaScript://x/%0aalert(1)',
  'data:text/html,x',
  'DATA://x/y',
  'vbscript://x',
  'blob://x',
  'intent://evil.example/#Intent;scheme=http;end',
  'INTENT://evil.example/#Intent;scheme=http;end',
  'googlechrome://evil.example/',
  'x-safari-https://evil.example/',
  'ldap://evil.example/',
  'smb://evil.example/',
  'feed://evil.example/',
  'jar://evil.example/',
  'chrome://evil.example/',
  'mailto://evil.example/',
  'ms-msdt://evil.example/',
  'file:///etc/passwd',
  'file://host/etc/passwd',
  'ftp://a.example/',
  'https://user:pw@a.example/',
  'https://good.example@evil.example/',
  'https://good.example\\@evil.example/',
  'https://a.example/\ncb',
  'https://a.example/ cb',
  '\thttps://a.example/cb',
  'https://a.example/\u0000',
  'https://a.example/\u0085',
  'https://a.example/\u202Ecb',
  'https://a.example/\u200Bcb',
]
const insecure = [
  'http://a.example/cb',
  'HTTP://a.example/cb',
  'http://localhost/cb',
  'http://localhost:3000/',
  'http://127.1/cb',
  'http://127.0.0.2/cb',
  'http://2130706433/cb',
  'http://0x7f.0.0.1/',
  'http://127.0.0.1.evil.example/cb',
  'http://127.0.0.1:80.evil.example/',
  'http://[::1].evil.example/',
]

for (const url of allowed) test(`allowed: ${url || 'none'}`, t => t.is(verdict(url), 'ok'))
for (const url of malformed) {
  test(`rejected as malformed: ${JSON.stringify(url)}`, t => {
    t.is(verdict(url), 'invalid_redirect_url_format')
    t.is(verdict(url, true), 'invalid_redirect_url_format')
  })
}
for (const url of insecure) test(`rejected without TLS: ${url}`, t => t.regex(verdict(url), /^invalid_redirect_/))
test('a local site may redirect to plain http', t => t.is(verdict('http://localhost:3000/cb', true), 'ok'))

test('arguments are added before the fragment, in order, and replace arguments of the same name', t => {
  const added = { site_url: 'https://x.example', user_login: 'a b&c', password: 'p' }
  const query = 'site_url=https%3A%2F%2Fx.example&user_login=a%20b%26c&password=p'
  t.is(addQuery('https://a.example/cb', added), `https://a.example/cb?${query}`)
  t.is(addQuery('https://a.example/cb?state=1#frag', added), `https://a.example/cb?state=1&${query}#frag`)
  t.is(addQuery('https://a.example/cb?password=x&s=%2F&user%5Flogin=y', added), `https://a.example/cb?s=%2F&${query}`)
  t.is(addQuery('myapp://back', { success: 'false' }), 'myapp://back?success=false')
  t.is(
    addQuery('https://a.example/?constructor=1&toString=2', { a: '1' }),
    'https://a.example/?constructor=1&toString=2&a=1',
  )
  t.is(addQuery('https://a.example/#?x', { a: '1' }), 'https://a.example/?a=1#?x')
})

test('property: an allowed URL leads to the host that it shows, also with added arguments', t => {
  const nasty = fc.stringMatching(/^[a-z:/\\@.?#[\]%0-9\s]*$/)
  fc.assert(
    fc.property(
      fc.oneof(
        fc.webUrl(),
        nasty,
        fc.string(),
        nasty.map(rest => `https://${rest}`),
      ),
      url => {
        if (url === '' || verdict(url) !== 'ok') return true
        const before = new URL(url)
        const after = new URL(addQuery(url, { password: 'a&b=c#d/../?e' }))
        return (
          !before.username &&
          before.host !== '' &&
          after.host === before.host &&
          after.protocol === before.protocol &&
          after.pathname === before.pathname &&
          after.hash === before.hash &&
          after.searchParams.get('password') === 'a&b=c#d/../?e'
        )
      },
    ),
    { numRuns: 3000 },
  )
  t.pass()
})

test('property: a URL stays unchanged except for replaced arguments; new ones are appended to its query', t => {
  const piece = fc.stringMatching(/^[\w.~%+=!$'()*,;:@/?-]*$/)
  fc.assert(
    fc.property(fc.array(piece), fc.option(piece), (pairs, fragment) => {
      const query = pairs.join('&')
      const before = `myapp://back/x${pairs.length > 0 ? `?${query}` : ''}`
      const end = fragment === null ? '' : `#${fragment}`
      const got = addQuery(before + end, { '{none}': 'a b' })
      t.true(got.startsWith(before), got)
      t.regex(got.slice(before.length), /^[?&]?\{none\}=a%20b(#|$)/)
      t.true(got.endsWith(`=a%20b${end}`), got)
      // No namesake stays, and the others keep their order and form.
      const again = addQuery(got, { '{none}': 'c' })
      t.is(again, got.replace(/\{none\}=a%20b/, '{none}=c'))
    }),
    { numRuns: 1000 },
  )
})
