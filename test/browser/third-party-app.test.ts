import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import { createApp } from '../../examples/third-party-app/app.ts'
import { browse, test } from '../support/browser.ts'
import { createApp as registerApp } from '../support/oauth.ts'
import { PASSWORD, type TestSite } from '../support/site.ts'

/** The example, as `npm start` in its folder runs it. @returns where it is */
async function startApp(t: ExecutionContext, site: TestSite, type: 'web' | 'native'): Promise<string> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const appUrl = `http://localhost:${(server.address() as AddressInfo).port}`
  const { id, secret } = await registerApp(site, { name: 'Third party', type, redirectUris: [`${appUrl}/callback`] })
  const config = { siteUrl: site.url, clientId: id, clientSecret: secret ?? undefined, appUrl }
  server.on('request', createApp(config).callback())
  return appUrl
}

const press = (page: Page, name: string) => page.getByRole('button', { name }).click()
const notice = (page: Page) => page.getByRole('status').textContent()

/** What the app shows of its connection, by its labels. */
const shown = (page: Page, label: string) => page.locator(`dt:text-is("${label}") + dd`).textContent()

for (const { javaScriptEnabled, type } of [
  { javaScriptEnabled: true, type: 'web' },
  { javaScriptEnabled: false, type: 'native' },
] as const) {
  const by = javaScriptEnabled ? 'with a secret' : 'without a secret and without JavaScript'

  test(
    `"Connect with": log in, authorize, use, refresh, disconnect at the app; ${by}`,
    browse({ javaScriptEnabled }, async (t, { page, site }) => {
      const appUrl = await startApp(t, site, type)
      await page.goto(appUrl)
      await press(page, 'Connect with')
      await page.fill('#user_login', 'sam')
      await page.fill('#user_pass', PASSWORD)
      await page.click('#wp-submit')
      t.is(await page.locator('h1').textContent(), 'Connect Third party')
      t.deepEqual((await page.locator('.permissions li').allTextContents()).slice(1), ['View and manage posts'])
      await press(page, 'Authorize')
      await page.getByRole('heading', { name: 'Connected with' }).waitFor()
      t.is(page.url(), `${appUrl}/`)
      for (const [label, value] of [
        ['User', 'sam'],
        ['Site', site.url],
        ['Scope', 'posts'],
        ['GET /api/posts', '200 OK'],
      ] as const) {
        t.is(await shown(page, label), value)
      }
      const token = await shown(page, 'Access token')
      await press(page, 'Refresh')
      t.regex((await notice(page)) ?? '', /new tokens/)
      t.not(await shown(page, 'Access token'), token)
      t.is(await shown(page, 'GET /api/posts'), '200 OK')
      await press(page, 'Disconnect')
      t.regex((await notice(page)) ?? '', /^Disconnected/)
      await page.goto(`${site.url}/me/security/connected-apps`)
      t.true(await page.getByText('You haven’t connected any apps yet.').isVisible())
    }),
  )

  test(
    `"Log in with": the app learns only who the user is; ${by}`,
    browse({ login: 'admin', javaScriptEnabled }, async (t, { page, site }) => {
      await page.goto(await startApp(t, site, type))
      await press(page, 'Log in with')
      t.true(await page.getByText('It only learns who you are').isVisible())
      await press(page, 'Deny')
      t.regex((await notice(page)) ?? '', /you did not agree/)
      await press(page, 'Log in with')
      await press(page, 'Authorize')
      await page.getByRole('heading', { name: 'Logged in with' }).waitFor()
      t.is(await shown(page, 'User'), 'admin')
      t.is(await shown(page, 'GET /api/posts'), '403 Forbidden')
    }),
  )

  test(
    `after a disconnect at the site, the app is rejected at once, and says so; ${by}`,
    browse({ login: 'admin', javaScriptEnabled }, async (t, { page, site }) => {
      const appUrl = await startApp(t, site, type)
      await page.goto(appUrl)
      await press(page, 'Connect with')
      await press(page, 'Authorize')
      t.is(await shown(page, 'GET /api/posts'), '200 OK')
      await page.goto(`${site.url}/me/security/connected-apps`)
      await page.getByRole('link', { name: 'Disconnect "Third party"' }).click()
      await press(page, 'Disconnect')
      await page.goto(appUrl)
      t.is(await shown(page, 'GET /api/posts'), '401 Unauthorized')
      await press(page, 'Refresh')
      t.regex((await notice(page)) ?? '', /invalid_grant/)
      t.true(await page.getByRole('button', { name: 'Connect with' }).isVisible())
    }),
  )
}
