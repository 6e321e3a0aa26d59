import type Koa from 'koa'
import type { Connect } from '../../src/index.ts'
import { checkLooks } from '../support/axe.ts'
import { browse, createPassword, logIn, namesOf, test } from '../support/browser.ts'
import { rebuild } from '../support/rebuild.ts'

/** What the docs tell a host to allow. */
const CSP = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'"

const STYLE = `
  body { margin: 3rem; background: #fff; color: #222; font: 18px/1.4 serif }
  .card { border: 9px solid #c00 } .button { background: #00c; color: #fff } h2 { color: #060; font-style: italic }`

const account = (app: Koa, connect: Connect) =>
  app.use(async (ctx, next) => {
    if (ctx.path === '/site.css') {
      ctx.type = 'css'
      ctx.body = STYLE
      return
    }
    if (ctx.path !== '/account') return next()
    ctx.set('Content-Security-Policy', CSP)
    ctx.body = `<!doctype html><html lang="en"><title>Account</title><meta name="viewport" content="width=device-width">
      <link rel="stylesheet" href="/site.css">
      <main><h1>Account</h1><div class="card" id="theirs"><h2>Address</h2><p>1 High Street</p><button class="button">Change</button></div>
      ${await connect.renderProfileSection(ctx)}</main></html>`
  })

const styleOf = (selector: string) => `(() => {
  const { borderTopWidth, backgroundColor, color, margin, padding, font } = getComputedStyle(document.querySelector('${selector}'))
  return { borderTopWidth, backgroundColor, color, margin, padding, font }
})()`

test(
  'the section on a host’s page works without a reload, under the host’s own policy',
  browse({}, async (t, { page, site, questions }) => {
    await rebuild(site, {}, account)
    await logIn(page, 'sam')
    await page.goto('/account')
    await createPassword(page, 'Zapier')
    await page.locator('.rename summary').click()
    await page.locator('.rename [name="name"]').fill('IFTTT')
    await page.locator('.rename-application-password button').click()
    await page.getByText('Application password renamed.').waitFor()
    t.deepEqual(await namesOf(page), ['IFTTT'])
    await page.click('#check-connection')
    await page.getByText('The Authorization header arrives if this browser sends it.').waitFor()
    await checkLooks(t, page, 'embedded')
    const hidden =
      "(field => field.scrollWidth - field.clientWidth)(document.getElementById('new-application-password-value'))"
    t.true(Number(await page.evaluate(hidden)) <= 0, 'all of the password is seen on a phone')
    await page.getByRole('button', { name: 'Revoke "IFTTT"' }).click()
    await page.getByText('Application password revoked.').waitFor()
    t.is(questions.length, 1)
    t.is(new URL(page.url()).pathname, '/account')
  }),
)

test(
  'our stylesheets do not change the rest of the host’s page',
  browse({}, async (t, { page, site }) => {
    await rebuild(site, {}, account)
    await logIn(page, 'sam')
    await page.goto('/account')
    const selectors = ['body', 'h1', '#theirs', '#theirs h2', '#theirs p', '#theirs .button']
    const looks = () => Promise.all(selectors.map(selector => page.evaluate(styleOf(selector))))
    const together = await looks()
    await page.evaluate('document.querySelectorAll(\'link[href*="wp-content"]\').forEach(link => link.remove())')
    t.deepEqual(await looks(), together)
  }),
)

test(
  'without JavaScript, the section’s forms post to our page, which shows the password',
  browse({ javaScriptEnabled: false }, async (t, { page, site }) => {
    await rebuild(site, {}, account)
    await logIn(page, 'sam')
    await page.goto('/account')
    await createPassword(page, 'Zapier')
    t.is(new URL(page.url()).pathname, '/wp-admin/profile.php')
    await page.goto('/account')
    t.deepEqual(await namesOf(page), ['Zapier'])
    await page.getByRole('button', { name: 'Revoke "Zapier"' }).click()
    await page.getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('Application password revoked.').waitFor()
  }),
)
