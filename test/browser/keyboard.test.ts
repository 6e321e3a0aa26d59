import type { Page } from 'playwright-core'
import { browse, namesOf, test } from '../support/browser.ts'

/** Presses Tab until the focus is on what the selector names. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('Tab')
    if ((await page.locator(`${selector}:focus`).count()) > 0) return
  }
  throw new Error(`Tab does not lead to ${selector}`)
}

const focusOutline = 'getComputedStyle(document.activeElement).outlineWidth'

test(
  'create, copy, rename and revoke with the keyboard alone',
  browse({ login: 'admin', permissions: ['clipboard-read', 'clipboard-write'] }, async (t, { page, questions }) => {
    await tabTo(page, '#new_application_password_name')
    t.is(await page.evaluate(focusOutline), '3px')
    await page.keyboard.type('Typed')
    await page.keyboard.press('Enter')
    await page.locator('.new-application-password-notice:focus').waitFor()

    await page.keyboard.press('Tab')
    t.is(await page.locator('#new-application-password-value:focus').count(), 1)
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.getByText('Copied!', { exact: true }).first().waitFor()

    await tabTo(page, '.rename summary')
    await page.keyboard.press('Enter')
    await page.locator('[name="name"]:focus').waitFor()
    await page.keyboard.press('Escape')
    t.is(await page.locator('.rename summary:focus').count(), 1)
    t.is(await page.locator('details[open]').count(), 0)
    await page.keyboard.press('Space')
    await page.locator('[name="name"]:focus').waitFor()
    await page.keyboard.type('Retyped')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Enter')
    await page.locator('.notice-success:focus').filter({ hasText: 'renamed' }).waitFor()
    t.deepEqual(await namesOf(page), ['Retyped'])

    await tabTo(page, '[aria-label="Revoke \\"Retyped\\""]')
    await page.keyboard.press('Enter')
    await page.locator('.notice-success:focus').filter({ hasText: 'revoked' }).waitFor()
    t.is(questions.length, 1)
    t.deepEqual(await namesOf(page), [])
  }),
)

test(
  'create, rename and revoke with the keyboard alone, without JavaScript',
  browse({ login: 'admin', javaScriptEnabled: false }, async (t, { page }) => {
    await tabTo(page, '#new_application_password_name')
    await page.keyboard.type('Typed')
    await page.keyboard.press('Enter')
    await page.locator('#new-application-password-value').waitFor()
    await tabTo(page, '[aria-label="Revoke \\"Typed\\""]')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Revoke “Typed”?' }).waitFor()
    await tabTo(page, '.button-danger')
    await page.keyboard.press('Enter')
    await page.getByText('Application password revoked.').waitFor()
    t.deepEqual(await namesOf(page), [])
  }),
)
