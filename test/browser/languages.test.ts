import type { Page } from 'playwright-core'
import { ConnectError, embeddedUsers, type PagesOptions } from '../../src/index.ts'
import { checkLooks } from '../support/axe.ts'
import { browse, createPassword, namesOf, PROFILE, test } from '../support/browser.ts'
import { read } from '../support/markdown.ts'
import { authorizeUrl, connectApp, createApp } from '../support/oauth.ts'
import { rebuild } from '../support/rebuild.ts'
import type { TestSite } from '../support/site.ts'

const ARABIC: PagesOptions = { languages: { ar: JSON.parse(read('test/fixtures/ar.json')) } }
const LONG = 'unbroken'.repeat(10)

/** Every page with something on it. */
async function checkAllLooks(t: Parameters<typeof checkLooks>[0], page: Page, site: TestSite, name: string) {
  const app = await createApp(site, { name: 'Shop Sync', website: 'https://shop-sync.example' })
  await connectApp(site, await site.client('admin'), app)
  await createPassword(page, LONG)
  await page.click('#check-connection')
  await page.locator('.connection-answer').waitFor()
  await checkLooks(t, page, `${name}-profile`)
  const pages = {
    authorize: '/wp-admin/authorize-application.php?app_name=Zapier&success_url=https://zapier.example/cb',
    consent: authorizeUrl(app),
    apps: '/me/security/connected-apps',
    app: '/me/security/connected-apps/1',
    revoke: `${PROFILE}?action=revoke-all`,
    clients: '/apps',
    client: `/apps/${app.id}`,
    'new-client': '/apps/new',
    error: '/apps/unknown',
    'log-in': '/wp-login.php?reauth=1',
  }
  for (const [each, address] of Object.entries(pages)) {
    await page.goto(address)
    await checkLooks(t, page, `${name}-${each}`)
  }
}

test(
  'every page in German is accessible',
  browse({ login: 'admin', locale: 'de-DE', expected: /404/ }, async (t, { page, site }) => {
    await checkAllLooks(t, page, site, 'german')
  }),
)

test(
  'every right-to-left page is accessible',
  browse({ login: 'admin', locale: 'ar', expected: /404/ }, async (t, { page, site }) => {
    await rebuild(site, { pages: ARABIC })
    await page.goto(PROFILE)
    t.is(await page.evaluate('getComputedStyle(document.body).direction'), 'rtl')
    await checkAllLooks(t, page, site, 'arabic')
  }),
)

test(
  'the script’s texts are in the page’s language',
  browse(
    { login: 'admin', locale: 'de-DE', timezoneId: 'Asia/Kolkata', expected: /400/ },
    async (t, { page, questions }) => {
      const password = await createPassword(page, 'Zapier')
      t.regex(password, /^\w{4}( \w{4}){5}$/)
      t.regex(await page.innerText('.new-application-password-notice'), /Ihr neues Passwort für Zapier lautet:/)
      const shown = await page.innerText('tbody .created')
      await page.locator('.rename summary').click()
      t.is(await page.locator('.rename summary').getAttribute('aria-label'), '„Zapier“ umbenennen')
      await page.locator('.rename [name="name"]').fill('IFTTT')
      await page.locator('.rename-application-password button').click()
      await page.getByText('Das Anwendungspasswort wurde umbenannt.').waitFor()
      await page.getByRole('button', { name: '„IFTTT“ widerrufen' }).waitFor()
      await page.reload()
      t.is(await page.innerText('tbody .created'), shown, 'the script writes a date as the page does')
      t.regex(shown, /^\d\d\.\d\d\.\d{4}, \d\d:\d\d$/)
      t.regex((await page.locator('tbody .created time').getAttribute('title')) ?? '', /:\d\d UTC$/)
      await page.fill('#new_application_password_name', '<b>')
      await page.click('#do_new_application_password')
      await page.getByText('Geben Sie einen Namen für das Anwendungspasswort ein.').waitFor()
      await page.getByRole('button', { name: '„IFTTT“ widerrufen' }).click()
      await page.getByText('Das Anwendungspasswort wurde widerrufen.').waitFor()
      t.deepEqual(questions, [
        '„IFTTT“ widerrufen? Was es verwendet, funktioniert sofort nicht mehr. Das kann nicht rückgängig gemacht werden.',
      ])
      t.deepEqual(await namesOf(page), [])
    },
  ),
)

test(
  'an error in the host’s own words stays unchanged',
  browse({ login: 'sam', locale: 'de-DE', expected: /403/ }, async (t, { page, site }) => {
    const code = 'rest_cannot_create_application_passwords'
    let message: string | undefined = 'Fragen Sie Ann.'
    let isOpen = true
    await rebuild(site, {
      users: parts => ({
        ...embeddedUsers()(parts),
        can(_user, action) {
          if (action !== 'create_app_password' || isOpen) return true
          throw new ConnectError(code, { status: 403, ...(message !== undefined && { message }) })
        },
      }),
    })
    const refusal = async () => {
      isOpen = true
      await page.goto(PROFILE)
      isOpen = false
      await page.fill('#new_application_password_name', 'Zapier')
      await page.click('#do_new_application_password')
      return page.innerText('.notices .notice-error')
    }
    t.is(await refusal(), 'Fragen Sie Ann.')
    message = undefined
    t.is(await refusal(), 'Sie dürfen für diesen Benutzer keine Anwendungspasswörter erstellen.')
  }),
)
