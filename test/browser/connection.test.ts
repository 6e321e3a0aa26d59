import type { IncomingHttpHeaders } from 'node:http'
import type { Page } from 'playwright-core'
import { checkLooks } from '../support/axe.ts'
import { browse, createPassword, logIn, PROFILE, test } from '../support/browser.ts'
import { startFront } from '../support/front.ts'
import { startSite } from '../support/site.ts'

const BROWSERS_OWN = '[data-probe] .finding:visible'

/** What the page shows: each finding's status and sentence. */
const shownOn = (page: Page, selector = '.finding:visible') =>
  page.locator(selector).evaluateAll(found =>
    found.map(each => {
      const { children } = each as unknown as {
        children: { textContent: string; firstChild: { textContent: string } }[]
      }
      return `${children[0]?.firstChild.textContent} ${children[1]?.firstChild.textContent}`
    }),
  )

const press = (page: Page) => page.getByRole('button', { name: 'Check the connection' }).click()

test(
  'the button shows the results without a reload, and a new password stays visible',
  browse({ login: 'admin' }, async (t, { page }) => {
    let loads = 0
    page.on('load', () => loads++)
    const password = await createPassword(page, 'Zapier')
    await press(page)
    await page.locator(BROWSERS_OWN).waitFor()
    t.deepEqual(await shownOn(page, BROWSERS_OWN), ['OK The Authorization header arrives if this browser sends it.'])
    t.is((await shownOn(page)).length, 9)
    t.is(await page.locator('.connection-answer:focus').count(), 1)
    t.is(await page.inputValue('#new-application-password-value'), password)

    const before = await page.locator('#connection').elementHandle()
    await press(page)
    await before?.waitForElementState('hidden')
    await page.locator(BROWSERS_OWN).waitFor()
    t.is((await shownOn(page)).length, 9, 'a second time in place of the first')
    t.is(loads, 0)
  }),
)

test(
  'without JavaScript the next page shows the results, except those that only a script can find',
  browse({ login: 'admin', javaScriptEnabled: false }, async (t, { page }) => {
    await press(page)
    t.regex(page.url(), /profile\.php#connection$/)
    const found = await shownOn(page)
    t.is(found.length, 8)
    t.true(found.every(each => each.startsWith('OK')))
    t.true(found.includes('OK The Authorization header arrives.'))
  }),
)

test(
  'by keyboard: Tab, Enter, and the focus is on the results',
  browse({ login: 'sam' }, async (t, { page }) => {
    for (let presses = 0; presses < 30 && (await page.locator('#check-connection:focus').count()) === 0; presses++)
      await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('.connection-answer:focus').waitFor()
    await page.locator(BROWSERS_OWN).waitFor()
    t.is((await shownOn(page)).length, 5)
    await page.keyboard.press('Shift+Tab')
    t.is(await page.locator('#check-connection:focus').count(), 1, 'and the button is just before it')
  }),
)

/** What a proxy between browser and site does, and what the browser finds. */
const ON_THE_WAY: Record<string, [Parameters<typeof startFront>[1], RegExp, RegExp?]> = {
  'strips the header': [
    {
      there: (headers: IncomingHttpHeaders) => {
        delete headers.authorization
      },
    },
    /^Error The Authorization header does not arrive if this browser sends it\.$/,
  ],
  'asks for a log-in of its own': [
    {
      instead({ headers }, outgoing) {
        if (headers.authorization === undefined) return false
        outgoing.writeHead(401, { 'WWW-Authenticate': 'Basic realm="staging"' }).end('no')
        return true
      },
    },
    /^Warning Requests with an Authorization header from this browser do not reach this site\.$/,
    /status of 401/,
  ],
}
for (const [name, [ways, words, expected]] of Object.entries(ON_THE_WAY)) {
  test(
    `a proxy ${name}: the browser and the site both detect it`,
    browse({ ...(expected && { expected }) }, async (t, { page }) => {
      const front = await startFront(t, ways)
      front.leadTo(await startSite(t, { SITE_URL: front.url }))
      await page.goto(`${front.url}/wp-login.php`)
      await page.fill('#user_login', 'admin')
      await page.fill('#user_pass', 'correct horse battery staple')
      await page.click('#wp-submit')
      await press(page)
      await page.locator(BROWSERS_OWN).waitFor()
      t.regex((await shownOn(page, BROWSERS_OWN))[0] ?? '', words)
      t.is(
        (await shownOn(page)).filter(each => /^Error (The Authorization header does not arrive\.|Requests)/.test(each))
          .length,
        1,
      )
      await checkLooks(t, page, `connection-${name.split(' ')[0]}`)
    }),
  )
}

test(
  'after a logout meanwhile the button leads to the login; an unreachable site is reported',
  browse({ login: 'admin', expected: /ERR_INTERNET_DISCONNECTED/ }, async (t, { page, context }) => {
    await context.setOffline(true)
    await press(page)
    await page.locator('.connection-answer[role="alert"]:focus').waitFor()
    t.true(await page.getByText('The site cannot be reached.').isVisible())
    await context.setOffline(false)
    await context.clearCookies()
    await press(page)
    await page.waitForURL('**/wp-login.php*')
    await logIn(page, 'admin')
    t.true(page.url().endsWith(PROFILE))
  }),
)

test(
  'too many checks in a minute: the error is shown in place of the results',
  browse({ login: 'admin', expected: /status of 429/ }, async (t, { page }) => {
    for (let times = 0; times < 6; times++) {
      await press(page)
      await page.locator(BROWSERS_OWN).waitFor()
    }
    await press(page)
    await page.getByText('You checked the connection too often.').waitFor()
    t.is((await shownOn(page)).length, 0)
    await checkLooks(t, page, 'connection-too-often')
  }),
)

test(
  'the results are accessible, if all checks pass and if all fail',
  browse({ login: 'admin', env: {} }, async (t, { page }) => {
    await press(page)
    await page.locator(BROWSERS_OWN).waitFor()
    await checkLooks(t, page, 'connection-ok')
  }),
)

test(
  'the connection check works even when application passwords are unavailable, and says why',
  browse({ login: 'sam', env: { WP_ENVIRONMENT_TYPE: 'production' } }, async (t, { page }) => {
    await press(page)
    await page.locator(BROWSERS_OWN).waitFor()
    t.true(
      (await shownOn(page)).includes('Error The site has an http:// address, but application passwords need https.'),
    )
    await checkLooks(t, page, 'connection-unavailable')
  }),
)
