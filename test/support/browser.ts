import { existsSync } from 'node:fs'
import anyTest, { type ExecutionContext, type TestFn } from 'ava'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { basic, ME } from './client.ts'
import { PASSWORD, startSite, type TestSite } from './site.ts'

/** The headless shell has no window, nor pages of its own that cost more processor time than the tests. */
const [PREFERRED, OTHER] = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium']
const executablePath = process.env.CHROMIUM || (existsSync(PREFERRED) ? PREFERRED : OTHER)
const isWanted = existsSync(executablePath) || process.env.CI === 'true'

/** ava's `test` for tests in a browser. Without Chromium they are skipped, but never on CI. */
export const test = (isWanted ? anyTest : anyTest.skip) as TestFn

let browser: Browser

if (isWanted) {
  anyTest.before('launch Chromium', async () => {
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        // The address bar's own pages cost more processor time than the tests. This replaces playwright's list, of which
        // only HttpsUpgrades could matter here.
        '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,HttpsUpgrades',
      ],
    })
  })
  anyTest.after.always('close Chromium', () => browser?.close())
} else {
  console.log(`No Chromium at ${executablePath}: browser tests are skipped. Install it, or set CHROMIUM to its path.`)
}

export const PROFILE = '/wp-admin/profile.php'

export interface Visit {
  site: TestSite
  context: BrowserContext
  page: Page
  /** What confirm() asked; every question is answered with yes. */
  questions: string[]
}

export interface VisitOptions extends BrowserContextOptions {
  /** Who logs in before the test begins. */
  login?: string
  /** Environment of the site, as for `npm start`. */
  env?: Record<string, string>
  /** Messages on the console that the test is about; any other error there fails it. */
  expected?: RegExp
}

/**
 * A test in a browser of its own, at a site of its own, that also fails for whatever the console complains about and
 * for anything that is fetched from elsewhere.
 */
export function browse(options: VisitOptions, body: (t: ExecutionContext, visit: Visit) => Promise<void>) {
  return async (t: ExecutionContext): Promise<void> => {
    const { login, env, expected, ...contextOptions } = options
    const site = await startSite(t, env)
    const context = await browser.newContext({ baseURL: site.url, ...contextOptions })
    t.teardown(() => context.close())
    context.setDefaultTimeout(20_000)
    const complaints: string[] = []
    context.on('console', message => {
      if (/error|warning/.test(message.type()) && !expected?.test(message.text())) complaints.push(message.text())
    })
    context.on('weberror', error => complaints.push(String(error.error())))
    context.on('request', request => {
      if (/^https?:\/\/(?!localhost:|127\.0\.0\.1:|\[::1\]:)/.test(request.url())) complaints.push(request.url())
    })
    const page = await context.newPage()
    const questions: string[] = []
    page.on('dialog', dialog => {
      questions.push(dialog.message())
      return dialog.accept()
    })
    if (login) {
      await logIn(page, login)
      await page.waitForURL(`**${PROFILE}`)
    }
    await body(t, { site, context, page, questions })
    t.deepEqual(complaints, [], 'nothing on the console, nothing from elsewhere')
  }
}

/**
 * Revokes a password by the profile page's own script, on a site that is not ours: its login page has a field for the login
 * of the name given, and one called `password`. Without Chromium it does nothing.
 */
export async function revokeByScript(
  t: ExecutionContext,
  url: string,
  login: Record<string, string>,
  name: string,
): Promise<void> {
  if (!isWanted) return
  const context = await browser.newContext({ baseURL: url })
  t.teardown(() => context.close())
  context.setDefaultTimeout(20_000)
  const page = await context.newPage()
  page.on('dialog', dialog => dialog.accept())
  await page.goto(PROFILE)
  for (const [field, value] of Object.entries(login)) await page.fill(`[name="${field}"]`, value)
  await page.keyboard.press('Enter')
  await page.waitForURL(`**${PROFILE}`)
  await createPassword(page, name)
  await page.getByRole('button', { name: `Revoke "${name}"` }).click()
  await page.getByText('Application password revoked.').waitFor()
  t.false((await namesOf(page)).includes(name))
  await createPassword(page, `${name} again`)
  await page.getByRole('button', { name: 'Revoke all application passwords' }).click()
  await page.getByText('All application passwords revoked.').waitFor()
  await page.reload()
  t.deepEqual(await namesOf(page), [])
  await context.close()
}

/** By the login page's own form. */
export async function logIn(page: Page, login: string, password = PASSWORD): Promise<void> {
  await page.goto('/wp-login.php')
  await page.fill('#user_login', login)
  await page.fill('#user_pass', password)
  await page.click('#wp-submit')
}

/** Fills in the form for a new password and sends it; answers the password that the page shows. */
export async function createPassword(page: Page, name: string): Promise<string> {
  await page.fill('#new_application_password_name', name)
  await page.click('#do_new_application_password')
  await page.locator('.new-application-password-notice strong').filter({ hasText: name }).waitFor()
  return page.inputValue('#new-application-password-value')
}

/** What a REST call with the password is answered. */
export async function statusOf(site: TestSite, login: string, password: string): Promise<number> {
  const client = await site.client()
  return (await client.get(ME, { headers: basic(login, password) })).status
}

/** The names in the table, from top to bottom. */
export const namesOf = (page: Page): Promise<string[]> => page.locator('tbody .name').allTextContents()
