import test from 'ava'
import { checkRedirectUrl } from '../../src/application-passwords/redirect-url.ts'
import { destinationOf, isDangerousScheme } from '../../src/http/destination.ts'
import { redirectUriProblem } from '../../src/oauth/clients/redirect-uri.ts'
import { authorizeUrl, CALLBACK, createApp, openConsent } from '../support/oauth.ts'
import { startSite } from '../support/site.ts'

const ELSEWHERE = [
  'intent://evil.example/#Intent;scheme=http;end',
  ...[
    'googlechrome googlechromes x-safari-https x-safari-http firefox firefox-focus microsoft-edge opera-http opera-https',
    'brave ddgQuickLink ldap ldaps smb feed jar chrome chrome-extension moz-extension edge mailto tel sms ms-msdt',
    'ms-word ms-appinstaller ms-search search-ms ssh telnet news nntp gopher dict resource view-source itms-services',
    'webcal rtsp android-app content about javascript data file ftp ws wss GoogleChrome MS-MSDT LDAP',
  ].flatMap(names => names.split(' ').map(scheme => `${scheme}://evil.example/x`)),
]

for (const url of ELSEWHERE) {
  test(`a scheme that does not lead to the application is rejected: ${url}`, t => {
    t.true(isDangerousScheme(url.slice(0, url.indexOf(':'))))
    const registered = url.replace('#Intent;scheme=http;end', '')
    t.is(redirectUriProblem(registered, 'native')?.id, 'errors.invalid_redirect_uri.scheme')
    t.throws(() => checkRedirectUrl(url, false), { code: 'invalid_redirect_url_format' })
  })
}

const OF_APPLICATIONS = [
  'cursor://anysphere.cursor-mcp/oauth/callback',
  'vscode://vscode.github-authentication/did-authenticate',
  'vscode-insiders://saoudrizwan.claude-dev/auth',
  'windsurf://codeium.windsurf/callback',
  'raycast://oauth?package_name=Extension',
  'com.example.app:/oauth2redirect',
  'com.raycast:/oauth?package_name=Extension',
  'wordpress://oauth/callback',
  'jetpack://app/callback',
  'claude://claude.ai/callback',
  'msauth.com.example.app://auth',
  'ms-app://s-1-15-2-1234567890/',
  'chromecaster://done',
]

for (const url of OF_APPLICATIONS) {
  test(`an application’s private-use URI scheme is allowed: ${url}`, t => {
    t.is(redirectUriProblem(url, 'native'), null)
    if (url.includes('://')) t.notThrows(() => checkRedirectUrl(url, false))
  })
}

const SHOWN = {
  'https://app.example:8443/callback?x=1': 'app.example:8443',
  'http://127.0.0.1:7777/': '127.0.0.1:7777',
  'cursor://anysphere.cursor-mcp/oauth/callback?x=1': 'cursor://anysphere.cursor-mcp/oauth/callback',
  'com.example.app:/oauth2redirect': 'com.example.app:/oauth2redirect',
  'myapp://back': 'myapp://back',
}

for (const [url, shown] of Object.entries(SHOWN)) {
  test(`the destination that people see: ${url}`, t => t.is(destinationOf(url), shown))
}

test('the consent page shows the full destination of a program, and the host of a website', async t => {
  const site = await startSite(t)
  const user = await site.client('admin')
  const pageOf = async (redirectUri: string, type: 'web' | 'native') => {
    const app = await createApp(site, { redirectUris: [redirectUri], type })
    const pkce = { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' }
    return (await openConsent(user, authorizeUrl(app, pkce))).page.text
  }
  t.regex(
    await pageOf('cursor://anysphere.cursor-mcp/oauth/callback', 'native'),
    /A program on your device: <strong><bdi>cursor:\/\/anysphere\.cursor-mcp\/oauth\/callback</,
  )
  t.notRegex(await pageOf(CALLBACK, 'web'), /A program on your device/)
})

test('a redirect URI that was registered before its scheme was forbidden no longer works', async t => {
  const site = await startSite(t)
  const user = await site.client('admin')
  const app = await createApp(site, { type: 'native' })
  const redirectUri = 'googlechrome://evil.example/'
  await site.knex('connect_oauth_clients').update({ redirect_uris: JSON.stringify([redirectUri]) })
  const answer = await user.get(authorizeUrl({ ...app, redirectUri }))
  t.is(answer.status, 400)
  t.regex(answer.text, /invalid_redirect_uri/)
})
