import { networkInterfaces } from 'node:os'
import type { Page } from 'playwright-core'
import { browse, logIn, namesOf, PROFILE, statusOf, test } from '../support/browser.ts'
import { startReceiver } from '../support/receiver.ts'
import { PASSWORD } from '../support/site.ts'

const addressOf = (fields: Record<string, string>) =>
  `/wp-admin/authorize-application.php?${new URLSearchParams(fields)}`

const hasIPv6 = Object.values(networkInterfaces()).some(list => list?.some(({ address }) => address === '::1'))

const thanked = (page: Page) => page.getByText('Thank you.').waitFor()

for (const javaScriptEnabled of [true, false]) {
  const by = javaScriptEnabled ? '' : ', without JavaScript'

  test(
    `approve, with a success URL${by}`,
    browse({ login: 'admin', javaScriptEnabled }, async (t, { page, site }) => {
      const { url, received } = await startReceiver(t)
      await page.goto(addressOf({ app_name: 'Desk', success_url: `${url}/callback?state=a%20b#done` }))
      t.is(await page.inputValue('#app_name'), 'Desk')
      t.true(await page.getByText(`${new URL(url).host} with your new password`).isVisible())
      await page.fill('#app_name', 'Desk at home')
      await page.click('#approve')
      await thanked(page)
      const [callback] = received
      t.deepEqual([...(callback?.searchParams.keys() ?? [])], ['state', 'site_url', 'user_login', 'password'])
      t.is(callback?.searchParams.get('state'), 'a b')
      t.is(callback?.searchParams.get('site_url'), site.url)
      t.is(callback?.searchParams.get('user_login'), 'admin')
      t.regex(callback?.searchParams.get('password') ?? '', /^[A-Za-z0-9]{24}$/)
      t.is(new URL(page.url()).hash, '#done')
      t.is(await statusOf(site, 'admin', callback?.searchParams.get('password') ?? ''), 200)
      await page.goto(PROFILE)
      t.deepEqual(await namesOf(page), ['Desk at home'])
    }),
  )

  test(
    `approve, and the application redirects to another site${by}`,
    browse({ login: 'admin', javaScriptEnabled }, async (t, { page }) => {
      const [application, elsewhere] = [await startReceiver(t), await startReceiver(t)]
      const onward = `${elsewhere.url}/callback?arrived`
      await page.goto(
        addressOf({ app_name: 'Desk', success_url: `${application.url}/callback?${new URLSearchParams({ onward })}` }),
      )
      await page.click('#approve')
      await thanked(page)
      t.is(page.url(), onward)
      t.is(application.received.length, 1)
    }),
  )

  test(
    `reject${by}`,
    browse({ login: 'admin', javaScriptEnabled }, async (t, { page }) => {
      const { url, received } = await startReceiver(t)
      await page.goto(addressOf({ success_url: `${url}/callback` }))
      await page.click('#reject')
      await thanked(page)
      await page.goto(addressOf({ success_url: `${url}/callback`, reject_url: `${url}/callback?no=1` }))
      await page.click('#reject')
      await thanked(page)
      t.deepEqual(
        received.map(callback => callback.search),
        ['?success=false', '?no=1'],
      )
      await page.goto(addressOf({ app_name: 'Nowhere to return to' }))
      await page.click('#reject')
      await page.waitForURL(/profile\.php$/)
      t.deepEqual(await namesOf(page), [])
    }),
  )

  test(
    `approve, without a success URL${by}`,
    browse({ login: 'admin', javaScriptEnabled }, async (t, { page, site }) => {
      await page.goto(addressOf({}))
      await page.fill('#app_name', 'By hand')
      await page.click('#approve')
      await page.getByText('Your new password for By hand is:').waitFor()
      const password = await page.inputValue('#new-application-password-value')
      t.is(await statusOf(site, 'admin', password), 200)
      t.is(await page.locator('[data-copy="new-application-password-value"]').isVisible(), javaScriptEnabled)
      await page.getByRole('link', { name: 'Go to your profile' }).click()
      await page.waitForURL(/profile\.php$/)
      t.deepEqual(await namesOf(page), ['By hand'])
    }),
  )
}

test(
  'a visitor who is not logged in logs in on the way',
  browse({}, async (t, { page }) => {
    const { url, received } = await startReceiver(t)
    await page.goto(addressOf({ app_name: 'Desk & Söhne', success_url: `${url}/callback?a=1&b=2` }))
    await page.waitForURL(/wp-login\.php/)
    await page.fill('#user_login', 'sam')
    await page.fill('#user_pass', PASSWORD)
    await page.click('#wp-submit')
    await page.waitForURL(/authorize-application/)
    t.is(await page.inputValue('#app_name'), 'Desk & Söhne')
    await page.click('#approve')
    await thanked(page)
    t.regex(received[0]?.search ?? '', /^\?a=1&b=2&site_url=[^&]+&user_login=sam&password=\w{24}$/)
  }),
)

test(
  'the redirect works for URLs that CSP cannot name',
  browse({ login: 'admin' }, async (t, { page }) => {
    if (hasIPv6) {
      const { url, received } = await startReceiver(t, '::1')
      await page.goto(addressOf({ app_name: 'Desk', success_url: `${url}/callback` }))
      await page.click('#approve')
      await thanked(page)
      t.is(received.length, 1)
    }
    await page.goto(addressOf({ app_name: 'Phone', success_url: 'myapp://callback' }))
    t.true(await page.getByText('myapp://callback with your new password').isVisible())
    // No program here answers to it, but the browser asked for one.
    await Promise.all([
      page.waitForEvent('requestfailed', request => request.url().startsWith('myapp://callback?site_url=')),
      page.click('#approve'),
    ])
  }),
)

test(
  'a forbidden redirect URL is rejected before the user is asked',
  browse({ expected: /status of 400/ }, async (t, { page }) => {
    await logIn(page, 'admin')
    for (const success_url of ['javascript:alert(1)', 'JavaScript://x/%0aalert(1)', 'https://user@evil.example/']) {
      await page.goto(addressOf({ success_url }))
      t.is(await page.locator('h1').textContent(), 'That did not work')
      t.is(await page.locator('#approve').count(), 0)
    }
  }),
)

test(
  'a page that opened the authorize page in a window gets its message after the redirect',
  browse({ login: 'admin' }, async (t, { page, site, context }) => {
    const { url } = await startReceiver(t)
    const authorize = site.url + addressOf({ app_name: 'Web app', success_url: `${url}/callback` })
    await page.goto(url)
    const [popup] = await Promise.all([
      context.waitForEvent('page'),
      page.evaluate(`void (globalThis.popup = window.open(${JSON.stringify(authorize)}))`),
    ])
    await popup.click('#approve')
    await thanked(popup)
    t.false(await page.evaluate('globalThis.popup.closed'))
    t.true(await popup.evaluate('window.opener !== null'))
  }),
)
