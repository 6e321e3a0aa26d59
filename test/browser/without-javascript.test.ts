import { browse, createPassword, namesOf, PROFILE, statusOf, test } from '../support/browser.ts'
import { PASSWORD } from '../support/site.ts'

for (const { whose, login, address } of [
  { whose: "one's own", login: 'admin', address: PROFILE },
  { whose: "another's", login: 'sam', address: '/wp-admin/user-edit.php?user_id=3' },
]) {
  test(
    `without JavaScript, ${whose} passwords: create, rename, revoke, revoke all`,
    browse({ login: 'admin', javaScriptEnabled: false }, async (t, { page, site }) => {
      await page.goto(address)
      const first = await createPassword(page, 'First')
      t.is(await page.locator('[data-copy]:visible').count(), 0, 'a Copy button would do nothing')
      const second = await createPassword(page, 'Second')
      t.deepEqual(await namesOf(page), ['Second', 'First'])
      t.is(await statusOf(site, login, first), 200)

      await page.getByLabel('Rename "First"').click()
      await page.fill('tr:nth-child(2) [name="name"]', 'Renamed')
      await page.locator('tr:nth-child(2)').getByRole('button', { name: 'Save' }).click()
      t.true(await page.getByText('Application password renamed.').isVisible())
      t.deepEqual(await namesOf(page), ['Second', 'Renamed'])

      await page.getByRole('button', { name: 'Revoke "Renamed"' }).click()
      t.is(await page.locator('h1').textContent(), 'Revoke “Renamed”?')
      await page.getByRole('link', { name: 'Cancel' }).click()
      t.is(await statusOf(site, login, first), 200)
      await page.getByRole('button', { name: 'Revoke "Renamed"' }).click()
      await page.getByRole('button', { name: 'Revoke' }).click()
      t.true(await page.getByText('Application password revoked.').isVisible())
      t.deepEqual(await namesOf(page), ['Second'])
      t.is(await statusOf(site, login, first), 401)

      await page.click('#revoke-all-application-passwords')
      await page.getByRole('button', { name: 'Revoke all application passwords' }).click()
      t.true(await page.getByText('All application passwords revoked.').isVisible())
      t.true(await page.getByText('There are no application passwords yet.').isVisible())
      t.is(await statusOf(site, login, second), 401)
    }),
  )
}

test(
  'without JavaScript, a bad name is reported on the page',
  browse({ login: 'admin', javaScriptEnabled: false, expected: /status of 400/ }, async (t, { page }) => {
    await page.fill('#new_application_password_name', '<b></b>')
    await page.click('#do_new_application_password')
    t.is(await page.locator('.notice-error[role="alert"]').textContent(), 'Enter a name for the application password.')
    await createPassword(page, 'Better')
    t.is(await page.locator('.notice-error').count(), 0)
  }),
)

test(
  'without JavaScript, log in with a wrong password, then with the right one, and log out',
  browse({ javaScriptEnabled: false, expected: /status of 401/ }, async (t, { page }) => {
    await page.goto(PROFILE)
    await page.fill('#user_login', 'admin')
    await page.fill('#user_pass', 'wrong')
    await page.click('#wp-submit')
    t.is(await page.locator('.notice-error').textContent(), 'The username or the password is wrong.')
    t.is(await page.inputValue('#user_login'), 'admin')
    await page.fill('#user_pass', PASSWORD)
    await page.click('#wp-submit')
    t.regex(page.url(), /profile\.php$/)
    await page.getByRole('link', { name: 'Log out' }).click()
    t.true(await page.getByText('You are now logged out.').isVisible())
  }),
)
