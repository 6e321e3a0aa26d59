import { checkLooks } from '../support/axe.ts'
import { browse, createPassword, logIn, PROFILE, test } from '../support/browser.ts'

const LONG_URL = `https://client.example/callback/${'unbroken'.repeat(25)}?state=1`

test(
  'the login page and the home page are accessible',
  browse({ expected: /status of 401/ }, async (t, { page }) => {
    await page.goto('/')
    await checkLooks(t, page, 'home')
    await page.goto('/wp-login.php')
    await checkLooks(t, page, 'login')
    await logIn(page, 'admin', 'wrong')
    await checkLooks(t, page, 'login-error')
    await page.goto('/wp-login.php?loggedout=true')
    await checkLooks(t, page, 'logged-out')
  }),
)

test(
  'the profile page is accessible',
  browse({ login: 'admin' }, async (t, { page, site }) => {
    await page.goto(PROFILE)
    await checkLooks(t, page, 'profile-empty')
    await createPassword(page, 'Zapier')
    const client = await site.client('admin')
    const used = await client.createPassword('n8n on the office server')
    await site.connect.verifyCredentials('admin', used.password, '2001:db8:85a3:8d3:1319:8a2e:370:7348')
    await page.reload()
    await createPassword(page, 'WordPress for iOS')
    await checkLooks(t, page, 'profile')
    await page.click('[aria-label="Rename \\"Zapier\\""]')
    await checkLooks(t, page, 'profile-rename')
    await createPassword(page, 'long'.repeat(50))
    await page.click('[aria-label="Revoke \\"WordPress for iOS\\""]')
    await page.getByText('Application password revoked.').waitFor()
    await checkLooks(t, page, 'profile-long')
  }),
)

test(
  'the pages about other users and the confirmation pages are accessible',
  browse({ login: 'admin', expected: /status of 404/ }, async (t, { page, site }) => {
    const sam = await site.client('sam')
    const { uuid } = await sam.createPassword('Shortcuts')
    await page.goto('/wp-admin/user-edit.php?user_id=3')
    await checkLooks(t, page, 'user-edit')
    await page.goto(`/wp-admin/user-edit.php?user_id=3&action=revoke&uuid=${uuid}`)
    await checkLooks(t, page, 'confirm-revoke')
    await page.goto('/wp-admin/user-edit.php?user_id=3&action=revoke-all')
    await checkLooks(t, page, 'confirm-revoke-all')
    await page.goto('/wp-admin/user-edit.php?user_id=99')
    await checkLooks(t, page, 'error')
  }),
)

test(
  'the authorize page is accessible',
  browse({ login: 'admin', expected: /status of 400/ }, async (t, { page }) => {
    const authorize = (fields: Record<string, string>) =>
      page.goto(`/wp-admin/authorize-application.php?${new URLSearchParams(fields)}`)
    await authorize({ app_name: 'Zapier', success_url: 'https://zapier.com/dashboard/auth/return/App123/?state=1' })
    await checkLooks(t, page, 'authorize')
    await authorize({ app_name: 'n'.repeat(200), success_url: LONG_URL, reject_url: LONG_URL })
    await checkLooks(t, page, 'authorize-long')
    await authorize({})
    await checkLooks(t, page, 'authorize-nameless')
    await page.fill('#app_name', 'My script')
    await page.click('#approve')
    await checkLooks(t, page, 'authorized')
    await authorize({ success_url: 'http://client.example/' })
    await checkLooks(t, page, 'authorize-error')
  }),
)

test(
  'if application passwords are unavailable, the page says why',
  browse({ login: 'admin', env: { WP_ENVIRONMENT_TYPE: 'production' } }, async (t, { page }) => {
    await checkLooks(t, page, 'unavailable')
    t.regex((await page.locator('.notice-error').textContent()) ?? '', /need HTTPS/)
    t.is(await page.locator('#new_application_password_name').count(), 0)
  }),
)
