import { checkLooks } from '../support/axe.ts'
import { browse, test } from '../support/browser.ts'
import { createApp } from '../support/oauth.ts'

test(
  'the pages of applications are accessible',
  browse({ login: 'admin', expected: /status of 400/ }, async (t, { page, site }) => {
    await page.goto('/apps')
    await checkLooks(t, page, 'clients-empty')
    await createApp(site, { name: 'Shop', website: 'https://shop.example' })
    await createApp(site, { name: 'unbroken'.repeat(25), type: 'native', redirectUris: ['my.app:/callback'] })
    await createApp(site, { name: 'Old', legacy: true })
    await page.reload()
    await checkLooks(t, page, 'clients')
    await page.getByRole('link', { name: 'New application' }).click()
    await checkLooks(t, page, 'client-form')
    await page.getByLabel('Name').fill('Desk')
    await page.getByLabel('Redirect addresses').fill('http://desk.example/callback')
    await page.getByRole('button', { name: 'Create application' }).click()
    await page.getByRole('alert').getByText('must begin with https://').waitFor()
    await checkLooks(t, page, 'client-form-error')
  }),
)

test(
  'a user creates an application by the form, and copies its secret',
  browse({ login: 'admin', permissions: ['clipboard-read', 'clipboard-write'] }, async (t, { page }) => {
    await page.goto('/apps/new')
    await page.getByLabel('Name').fill('Desk')
    await page.getByLabel('Redirect addresses').fill('https://desk.example/callback')
    await page.getByRole('button', { name: 'Create application' }).click()
    await page.getByText('Application created.').waitFor()
    await checkLooks(t, page, 'client-created')
    await page.getByRole('button', { name: 'Copy' }).last().click()
    t.regex(await page.evaluate('navigator.clipboard.readText()'), /^[\w-]{43}$/)
    await page.getByRole('link', { name: 'Delete application' }).click()
    await checkLooks(t, page, 'confirm-client-delete')
  }),
)
