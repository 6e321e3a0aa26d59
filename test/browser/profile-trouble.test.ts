import { browse, createPassword, logIn, namesOf, PROFILE, test } from '../support/browser.ts'
import { APPLICATION_PASSWORDS, basic } from '../support/client.ts'
import { PASSWORD } from '../support/site.ts'

const COLLECTION = '**/wp-json/wp/v2/users/*/application-passwords'

test(
  'an empty name is not sent',
  browse({ login: 'admin' }, async (t, { page }) => {
    page.on('request', request => t.not(request.method(), 'POST'))
    await page.fill('#new_application_password_name', '   ')
    await page.click('#do_new_application_password')
    t.is(await page.locator('#new_application_password_name:focus').count(), 1)
    t.deepEqual(await namesOf(page), [])
  }),
)

test(
  'an error of the site is shown in the page’s language, and gets the focus',
  browse({ login: 'admin', expected: /status of 400/ }, async (t, { page }) => {
    await page.fill('#new_application_password_name', '<b></b>')
    await page.click('#do_new_application_password')
    const notice = page.locator('.notice-error[role="alert"]')
    t.is(await notice.textContent(), 'Enter a name for the application password.')
    t.is(await page.locator('.notice-error:focus').count(), 1)
    t.is(await page.inputValue('#new_application_password_name'), '<b></b>', 'to be put right')
    await createPassword(page, 'Better')
    t.is(await notice.count(), 0)
  }),
)

test(
  'a double click creates one password',
  browse({ login: 'admin' }, async (t, { page, site }) => {
    await page.route(COLLECTION, async route => {
      await new Promise(resolve => setTimeout(resolve, 300))
      await route.continue()
    })
    await page.fill('#new_application_password_name', 'Once')
    await page.dblclick('#do_new_application_password')
    t.true(await page.isDisabled('#do_new_application_password'))
    await page.focus('#new_application_password_name')
    await page.keyboard.press('Enter')
    await page.locator('#new-application-password-value').waitFor()
    t.false(await page.isDisabled('#do_new_application_password'))
    const admin = await site.client('admin')
    t.is((await admin.rest('GET', APPLICATION_PASSWORDS)).json.length, 1)
  }),
)

test(
  'an expired nonce is renewed once',
  browse({ login: 'admin', expected: /status of 403/ }, async (t, { page }) => {
    const sent: string[] = []
    let isBroken = false
    await page.route(COLLECTION, route => {
      const headers = route.request().headers()
      sent.push(headers['x-wp-nonce'] ?? '')
      const isOld = isBroken || sent.length === 1
      return route.continue({ headers: { ...headers, ...(isOld && { 'x-wp-nonce': 'expired' }) } })
    })
    await createPassword(page, 'After a long lunch')
    t.is(sent.length, 2)
    isBroken = true
    await page.fill('#new_application_password_name', 'Never')
    await page.click('#do_new_application_password')
    await page.getByText('The X-WP-Nonce is wrong or has expired.').waitFor()
    t.is(sent.length, 4)
  }),
)

test(
  'after a logout meanwhile, the script says so and links to the login',
  browse({ login: 'admin', expected: /status of 40[03]/ }, async (t, { page, context }) => {
    await createPassword(page, 'Before')
    const other = await context.newPage()
    await other.goto(PROFILE)
    await other.getByRole('link', { name: 'Log out' }).click()
    await other.close()
    await page.getByRole('button', { name: 'Revoke "Before"' }).click()
    await page.getByText('You are no longer logged in.').waitFor()
    t.deepEqual(await namesOf(page), ['Before'])
    await page.locator('.notice-error').getByRole('link', { name: 'Log in' }).click()
    await page.waitForURL(/wp-login\.php/)
    await page.fill('#user_login', 'admin')
    await page.fill('#user_pass', PASSWORD)
    await page.click('#wp-submit')
    await page.waitForURL(/profile\.php$/)
    t.deepEqual(await namesOf(page), ['Before'])
  }),
)

test(
  'after a 401 of the site, the script says that the user is logged out',
  browse({ login: 'admin', expected: /status of 401/ }, async (t, { page }) => {
    await page.route(COLLECTION, route => route.fulfill({ status: 401, json: { code: 'rest_not_logged_in' } }))
    await page.click('#do_new_application_password')
    await page.fill('#new_application_password_name', 'Late')
    await page.click('#do_new_application_password')
    await page.getByText('You are no longer logged in.').waitFor()
    t.pass()
  }),
)

test(
  'a 401 from a proxy in front of the site is not reported as a logout',
  browse({ login: 'admin', expected: /status of 401/ }, async (t, { page }) => {
    const refusals = [{ body: '<h1>401 Authorization Required</h1>' }, { json: { code: 'incorrect_password' } }]
    for (const refusal of refusals) {
      await page.route(COLLECTION, route => route.fulfill({ status: 401, ...refusal }))
      await page.fill('#new_application_password_name', 'Walled')
      await page.click('#do_new_application_password')
      await page.getByText('A server in front of this site asks for a separate login').waitFor()
      t.is(await page.getByText('You are no longer logged in.').count(), 0)
      await page.reload()
    }
  }),
)

test(
  'on a staging site behind HTTP Basic the page works, and says what programs need',
  browse({ httpCredentials: { username: 'dev', password: 'dev' }, expected: /status of 401/ }, async (t, visit) => {
    const { page, site } = visit
    // On every path but those of the API, as docs/run/behind-a-proxy.md says.
    const sentToApi: string[] = []
    site.app.middleware.unshift(async (ctx, next) => {
      const isApi = ctx.path.startsWith('/wp-json/')
      if (isApi) sentToApi.push(ctx.get('Authorization'))
      else if (ctx.get('Authorization') !== basic('dev', 'dev').authorization) {
        ctx.set('WWW-Authenticate', 'Basic realm="Staging"')
        ctx.status = 401
        return
      }
      return next()
    })
    site.server.removeAllListeners('request').on('request', site.app.callback())
    await logIn(page, 'admin')
    await page.waitForURL(`**${PROFILE}`)
    await page.getByText('Your browser sends an HTTP Basic login to this site with every request.').waitFor()
    await createPassword(page, 'Staging')
    await page.getByRole('button', { name: 'Revoke "Staging"' }).click()
    await page.getByText('Application password revoked.').waitFor()
    t.deepEqual([...new Set(sentToApi)], [basic('dev', 'dev').authorization], 'the browser sends the pair to all paths')
  }),
)

test(
  'no connection, or an invalid response, is reported',
  browse({ login: 'admin', expected: /ERR_FAILED|status of 502/ }, async (t, { page }) => {
    await page.route(COLLECTION, route => route.abort())
    await page.fill('#new_application_password_name', 'Lost')
    await page.click('#do_new_application_password')
    await page.getByText('The site cannot be reached.').waitFor()
    await page.route(COLLECTION, route => route.fulfill({ status: 502, body: '<h1>Bad gateway</h1>' }))
    await page.click('#do_new_application_password')
    await page.getByText('unexpected response (502)').waitFor()
    t.is(await page.locator('.notice').count(), 1)
    t.false(await page.isDisabled('#do_new_application_password'))
  }),
)

test(
  'a password revoked elsewhere meanwhile is removed from the list',
  browse({ login: 'admin', expected: /status of 404/ }, async (t, { page, site }) => {
    await createPassword(page, 'Gone')
    const admin = await site.client('admin')
    await admin.rest('DELETE', APPLICATION_PASSWORDS)
    await page.getByRole('button', { name: 'Revoke "Gone"' }).click()
    await page.getByText('Application password revoked.').waitFor()
    t.deepEqual(await namesOf(page), [])
  }),
)

test(
  'without permission to use the clipboard, Copy selects the password',
  browse({ login: 'admin' }, async (t, { page }) => {
    await page.addInitScript('delete Navigator.prototype.clipboard')
    await page.reload()
    const password = await createPassword(page, 'Plain http')
    await page.locator('[data-copy="new-application-password-value"]').click()
    await page.getByText('The text is selected. Copy it with the keyboard.').waitFor({ state: 'attached' })
    t.is(await page.evaluate('document.activeElement.value'), password)
    t.is(await page.evaluate('document.activeElement.selectionEnd'), password.length)
  }),
)
