import test, { type ExecutionContext } from 'ava'
import { type Config, createApp as createThirdPartyApp } from '../../examples/third-party-app/app.ts'
import { type Answer, Client } from '../support/client.ts'
import { createApp } from '../support/oauth.ts'
import { startSite, type TestSite } from '../support/site.ts'
import { agree, refuse } from './agree.ts'
import { startApp } from './app-server.ts'

interface Options {
  /** How the site knows the app. */
  type?: 'web' | 'native'
  /** What the app is told otherwise. */
  config?: Partial<Config>
}

/** The app, registered at the site, and a browser that looks at it. */
async function startThirdPartyApp(t: ExecutionContext, site: TestSite, options: Options = {}) {
  const { config, ...details } = options
  const url = await startApp(t, async url => {
    const client = await createApp(site, { ...details, redirectUris: [`${url}/callback`] })
    const registered = { siteUrl: site.url, clientId: client.id, clientSecret: client.secret ?? undefined, appUrl: url }
    const app = createThirdPartyApp({ ...registered, ...config })
    app.silent = true
    return app.callback()
  })
  const browser = new Client(url)
  /** Follows the app's own redirects, to its page or to the site. */
  async function follow({ headers }: Answer): Promise<{ location: string; page: Answer }> {
    const location = headers.get('location') ?? ''
    return { location, page: await browser.get('/') }
  }
  return {
    url,
    browser,
    press: async (button: string) => follow(await browser.send('POST', `/${button}`)),
    open: async (address: URL | string) => (await follow(await browser.get(String(address)))).page,
  }
}

/** The rows of the page. */
const rowsOf = ({ text }: Answer): Record<string, string> =>
  Object.fromEntries(
    [...text.matchAll(/<dt>(.*?)<\/dt><dd>(.*?)<\/dd>/g)].map(([, name = '', value = '']) => [name, value]),
  )

const noticeOf = ({ text }: Answer): string | undefined => /<p role="status">(.*?)<\/p>/s.exec(text)?.[1]

for (const type of ['web', 'native'] as const) {
  test(`third-party app, ${type}: connect, look, refresh, disconnect`, async t => {
    const site = await startSite(t)
    const app = await startThirdPartyApp(t, site, { type })
    const start = await app.browser.get('/')
    t.true(start.text.includes(`<button>Connect with ${new URL(site.url).host}</button>`))

    const { location } = await app.press('connect')
    t.true(location.startsWith(`${site.url}/oauth2/authorize?`))
    const connected = await app.open(await agree(await site.client('ed'), location))
    const { Expires: expires, 'Access token': token, ...rows } = rowsOf(connected)
    t.deepEqual(rows, { User: 'ed', Site: site.url, blog_id: '1', Scope: 'posts', 'GET /api/posts': '200 OK' })
    t.regex(token ?? '', /^[\w-]{6}…$/)
    t.true(Date.parse(expires ?? '') > Date.now())

    const { page: refreshed } = await app.press('refresh')
    t.like(rowsOf(refreshed), { User: 'ed', 'GET /api/posts': '200 OK' })
    t.not(rowsOf(refreshed)['Access token'], token)

    const { page: disconnected } = await app.press('disconnect')
    t.regex(noticeOf(disconnected) ?? '', /^Disconnected/)
    t.deepEqual(rowsOf(disconnected), {})
    t.deepEqual(await site.connect.oauth?.connectedApps.list({ id: 2 }), [])
  })
}

test('third-party app: log in: it gets the user’s identity and no access', async t => {
  const site = await startSite(t)
  const app = await startThirdPartyApp(t, site)
  const { location } = await app.press('log-in')
  t.true(location.startsWith(`${site.url}/oauth2/authenticate?`))
  const page = await app.open(await agree(await site.client('ed'), location))
  t.true(page.text.includes('Logged in with'))
  t.like(rowsOf(page), { User: 'ed', blog_id: '0', Scope: 'openid profile email', 'GET /api/posts': '403 Forbidden' })
})

test('third-party app: a user who does not agree reads that nothing was connected', async t => {
  const site = await startSite(t)
  const app = await startThirdPartyApp(t, site)
  const { location } = await app.press('connect')
  const page = await app.open(await refuse(await site.client('ed'), location))
  t.is(page.status, 200)
  t.regex(noticeOf(page) ?? '', /^Nothing was connected: you did not agree/)
  t.is(noticeOf(await app.browser.get('/')), undefined)
})

test('third-party app: a user who disconnected it at the site reads that, at the latest after a refresh', async t => {
  const site = await startSite(t)
  const app = await startThirdPartyApp(t, site)
  const { location } = await app.press('connect')
  await app.open(await agree(await site.client('ed'), location))
  await site.connect.oauth?.connectedApps.disconnectAll({ id: 2 })
  t.like(rowsOf(await app.browser.get('/')), { User: 'not told', 'GET /api/posts': '401 Unauthorized' })
  const { page } = await app.press('refresh')
  t.regex(noticeOf(page) ?? '', /invalid_grant/)
  t.deepEqual(rowsOf(page), {})
})

test('third-party app: a response that this browser did not request is rejected', async t => {
  const site = await startSite(t)
  const app = await startThirdPartyApp(t, site)
  const { location } = await app.press('connect')
  const back = await agree(await site.client('ed'), location)
  const stranger = new Client(app.url)
  t.is((await stranger.get(back.href)).headers.get('location'), '/')
  t.regex(noticeOf(await stranger.get('/')) ?? '', /was not taken: this browser did not ask/)
  await stranger.send('POST', '/connect')
  await stranger.get(back.href)
  t.regex(noticeOf(await stranger.get('/')) ?? '', /was not taken: .*state/)
})

test('third-party app: an unreachable site, or a wrong secret, is reported calmly', async t => {
  const site = await startSite(t)
  const alone = await startThirdPartyApp(t, site, { config: { siteUrl: 'http://localhost:9' } })
  t.is(noticeOf((await alone.press('connect')).page), 'localhost:9 cannot be reached.')
  const app = await startThirdPartyApp(t, site, { config: { clientSecret: 'an old one' } })
  const { location } = await app.press('connect')
  const page = await app.open(await agree(await site.client('ed'), location))
  t.is(page.status, 200)
  t.regex(noticeOf(page) ?? '', /invalid_client/)
})

test('third-party app: texts of the site are escaped', async t => {
  const site = await startSite(t)
  const app = await startThirdPartyApp(t, site)
  const { location } = await app.press('connect')
  const query = { error: 'server_error', error_description: '<script>"&\'', iss: site.url }
  const state = new URL(location).searchParams.get('state') ?? ''
  const page = await app.open(`/callback?${new URLSearchParams({ ...query, state })}`)
  t.true(noticeOf(page)?.includes('says: &#60;script&#62;&#34;&#38;&#39; (server_error)'), noticeOf(page))
})
