import test from 'ava'
import { ME } from '../../support/client.ts'
import { costOf, sendRaw } from '../../support/hostile.ts'
import { authorizeUrl, createApp } from '../../support/oauth.ts'
import { startSite } from '../../support/site.ts'

// Alone in its file: what other tests cost would count here.
test('no request under 16 KB blocks the server for long', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const app = await createApp(site, { type: 'native', redirectUris: ['http://127.0.0.1/callback'] })
  const script = await site.client()
  const good = authorizeUrl(app)
  const multipart = (body: string) => ({ body, headers: { 'content-type': 'multipart/form-data; boundary=b' } })
  const part = '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx\r\n'
  const letters = Array.from({ length: 5000 }, (_, i) => String.fromCodePoint(0x4e00 + ((i * 7919) % 20_000)))
  const longHost = `https://${letters.join('')}`
  const costs: [what: string, request: () => Promise<unknown>][] = [
    ['parameters of one name', () => script.get(`${good}${'&a'.repeat(5000)}`)],
    ['parameters of many names', () => script.get(`${good}&${Array.from({ length: 2500 }, (_, i) => i).join('&')}`)],
    ['parameters for nobody', () => script.get(`/oauth2/authenticate?${'a&'.repeat(7000)}`)],
    ['parameters of the API', () => script.get(`/rest/v1/me?${'a&'.repeat(7000)}`)],
    ['parameters of the home page', () => script.get(`/?${'a&'.repeat(7000)}`)],
    ['parameters of a script’s nonce', () => script.get(`/wp-admin/admin-ajax.php?${'a&'.repeat(7000)}`)],
    ['parameters of a style', () => script.get(`/wp-content/plugins/koa-wp-connect/connect.css?${'a&'.repeat(7000)}`)],
    ['parameters of REST', () => script.get(`/wp-json/?${'a&'.repeat(7000)}`)],
    [
      'parameters of a request to log in',
      () => sendRaw(site, `GET /oauth2/consent/x?${'a&'.repeat(7000)} HTTP/1.0\r\n\r\n`),
    ],
    ['resources', () => script.get(`${good}${`&resource=${site.url}/api`.repeat(300)}`)],
    ['scopes', () => script.get(`${good}&scope=${'a+b,'.repeat(3500)}`)],
    ['prompts', () => script.get(`${good}&prompt=${'a+'.repeat(7000)}`)],
    ['ports', () => script.get(authorizeUrl({ ...app, redirectUri: `http://127.0.0.1${':1'.repeat(3000)}` }))],
    ['form', () => script.send('POST', '/oauth2/token', { form: 'a&'.repeat(8000) })],
    ['multipart', () => script.send('POST', '/oauth2/token', multipart(`${part.repeat(290)}--b--`))],
    ['boundaries', () => script.send('POST', '/oauth2/token', multipart('--b\r\n'.repeat(3000)))],
    [
      'addresses',
      () =>
        script.send('POST', '/oauth2/register', { json: { redirect_uris: Array(16).fill(`a:${'//'.repeat(450)}`) } }),
    ],
    ['a host as client', () => script.send('POST', '/oauth2/token', { form: `client_id=${longHost}` })],
    ['a host to return to', () => script.send('POST', '/wp-login.php', { form: `redirect_to=${longHost}` })],
    ['slashes', () => script.get(`${site.url}/.well-known/oauth-protected-resource${'/'.repeat(14_000)}`)],
    ['Bearer', () => script.get(ME, { headers: { authorization: `Bearer${' '.repeat(14_000)}x` } })],
  ]
  const tooMuch: string[] = []
  for (const [what, request] of costs) {
    const cost = await costOf(request)
    if (cost > 50) tooMuch.push(`${what}: ${Math.round(cost)} ms of CPU a request`)
  }
  t.deepEqual(tooMuch, [])
})
