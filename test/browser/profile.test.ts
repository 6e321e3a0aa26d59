import { browse, createPassword, namesOf, PROFILE, statusOf, test } from '../support/browser.ts'
import { basic, ME } from '../support/client.ts'

test(
  'create, copy, use, rename and revoke, without a reload',
  browse(
    { login: 'admin', permissions: ['clipboard-read', 'clipboard-write'], timezoneId: 'America/New_York' },
    async (t, { page, site, questions }) => {
      let loads = 0
      page.on('load', () => loads++)

      await createPassword(page, 'First')
      const password = await createPassword(page, 'Zapier')
      t.regex(password, /^[A-Za-z0-9]{4}( [A-Za-z0-9]{4}){5}$/)
      t.deepEqual(await namesOf(page), ['Zapier', 'First'])
      t.is(await page.inputValue('#new_application_password_name'), '')
      t.is(await page.locator('.notice[role="alert"]').count(), 1, 'the notice before is gone')
      t.is(await page.locator('.notice:focus').count(), 1)
      t.regex(
        (await page.locator('tbody tr:first-child time').textContent()) ?? '',
        /^\w{3} \d+, \d{4}, \d+:\d\d\s[AP]M$/,
      )

      const copy = page.locator('[data-copy="new-application-password-value"]')
      await copy.click()
      await page.getByRole('button', { name: 'Copied!' }).waitFor()
      t.is(await page.locator('.copy-line [role="status"]').first().textContent(), 'Copied!')
      const read = '(async () => navigator.clipboard.readText())()'
      t.is(await page.evaluate(read), password)
      await copy.filter({ hasText: /^Copy$/ }).waitFor()
      for (const [what, value] of [
        ['site', site.url],
        ['user', 'admin'],
        ['curl', `curl -u "admin:${password}" "${site.url}${ME}"`],
      ]) {
        await page.locator(`[data-copy="new-application-password-${what}"]`).click()
        await page.locator(`[data-copy="new-application-password-${what}"]`, { hasText: 'Copied!' }).waitFor()
        t.is(await page.evaluate(read), value, what)
      }
      await page.getByText('Where do I enter this?').click()
      t.true(await page.getByText('Enter the new password, not the one that you log in with.').isVisible())

      const { authorization } = basic('admin', password)
      const use = `fetch(${JSON.stringify(ME)}, { headers: { authorization: ${JSON.stringify(authorization)} } })`
      t.is(await page.evaluate(`${use}.then(answer => answer.status)`), 200)

      await page.getByLabel('Rename "First"').click()
      await page.fill('tr:nth-child(2) [name="name"]', '  n8n  ')
      await page.keyboard.press('Enter')
      await page.getByText('Application password renamed.').waitFor()
      t.deepEqual(await namesOf(page), ['Zapier', 'n8n'])
      await page.getByRole('button', { name: 'Revoke "n8n"' }).waitFor()
      t.is(await page.locator('.rename[open]').count(), 0)

      t.is(
        await page.inputValue('#new-application-password-value'),
        password,
        'a new password stays until it is revoked',
      )
      await page.getByRole('button', { name: 'Revoke "Zapier"' }).click()
      await page.getByText('Application password revoked.').waitFor()
      t.regex(questions[0] ?? '', /^Revoke "Zapier"\?/)
      t.deepEqual(await namesOf(page), ['n8n'])
      t.is(await page.locator('#new-application-password-value').count(), 0)
      t.is(await statusOf(site, 'admin', password), 401)

      t.is(loads, 0)
      await page.reload()
      t.deepEqual(await namesOf(page), ['n8n'])
    },
  ),
)

test(
  'application passwords of the same name are numbered without a reload, and as after one',
  browse({ login: 'admin' }, async (t, { page, questions }) => {
    const numbered = async () => page.locator('tbody .name').allTextContents()
    for (const name of ['Zapier', 'n8n', 'Zapier']) await createPassword(page, name)
    t.deepEqual(await numbered(), ['Zapier (2)', 'n8n', 'Zapier'])
    await page.getByLabel('Rename "n8n"').click()
    await page.fill('tr:nth-child(2) [name="name"]', 'Zapier')
    await page.keyboard.press('Enter')
    await page.getByText('Application password renamed.').waitFor()
    t.deepEqual(await numbered(), ['Zapier (2)', 'Zapier (3)', 'Zapier'])
    await page.reload()
    t.deepEqual(await numbered(), ['Zapier (3)', 'Zapier (2)', 'Zapier'])
    t.is(await page.getByRole('button', { name: 'Revoke "Zapier"', exact: true }).count(), 3)

    await page.locator('tr:nth-child(2) .revoke button').click()
    await page.getByText('Application password revoked.').waitFor()
    t.regex(questions[0] ?? '', /^Revoke "Zapier \(2\)"\?/)
    t.deepEqual(await numbered(), ['Zapier (3)', 'Zapier'])
    await createPassword(page, 'Zapier')
    t.deepEqual(await numbered(), ['Zapier (4)', 'Zapier (3)', 'Zapier'], 'no other row changes its number')
  }),
)

test(
  'revoke all',
  browse({ login: 'admin' }, async (t, { page, site, questions }) => {
    t.true(await page.getByText('There are no application passwords yet.').isVisible())
    const first = await createPassword(page, 'First')
    const second = await createPassword(page, 'Second')
    t.false(await page.getByText('There are no application passwords yet.').isVisible())
    await page.click('#revoke-all-application-passwords')
    await page.getByText('All application passwords revoked.').waitFor()
    t.regex(questions[0] ?? '', /^Revoke all application passwords\?/)
    t.true(await page.getByText('There are no application passwords yet.').isVisible())
    t.false(await page.locator('table').isVisible())
    t.is(await page.locator('.new-application-password-notice').count(), 0)
    t.is(await statusOf(site, 'admin', first), 401)
    t.is(await statusOf(site, 'admin', second), 401)
    await createPassword(page, 'Third')
    t.deepEqual(await namesOf(page), ['Third'])
  }),
)

test(
  'answering no to the confirmation revokes nothing',
  browse({ login: 'admin' }, async (t, { page, site }) => {
    const password = await createPassword(page, 'Kept')
    page.removeAllListeners('dialog')
    page.on('dialog', dialog => dialog.dismiss())
    await page.getByRole('button', { name: 'Revoke "Kept"' }).click()
    await page.click('#revoke-all-application-passwords')
    t.deepEqual(await namesOf(page), ['Kept'])
    t.is(await statusOf(site, 'admin', password), 200)
  }),
)

test(
  'an administrator manages the passwords of another user',
  browse({ login: 'admin' }, async (t, { page, site }) => {
    await page.goto('/wp-admin/user-edit.php?user_id=3')
    const password = await createPassword(page, 'Made by admin')
    t.is(await statusOf(site, 'sam', password), 200)
    await page.getByLabel('Rename "Made by admin"').click()
    await page.fill('tr [name="name"]', 'Renamed by admin')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Application password renamed.').waitFor()
    await page.getByRole('button', { name: 'Revoke "Renamed by admin"' }).click()
    await page.getByText('Application password revoked.').waitFor()
    t.is(await statusOf(site, 'sam', password), 401)
    await page.goto(PROFILE)
    t.deepEqual(await namesOf(page), [])
  }),
)
