import { randomUUID } from 'node:crypto'
import { shoot, stickingOut } from '../support/axe.ts'
import { browse, createPassword, namesOf, PROFILE, test } from '../support/browser.ts'
import type { TestSite } from '../support/site.ts'

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  `' autofocus onfocus='alert(1)`,
  '</template></title><svg onload=alert(1)>',
  '{{ 7 * 7 }}{% raw %}',
  'unbroken'.repeat(25),
  'תהילים 👩‍👩‍👧‍👦 שלום',
  'مرحبا (Zapier)',
]

/** As a site may hold it that was imported: past the rules for names. */
const insert = (site: TestSite, name: string) =>
  site.knex('connect_application_passwords').insert({
    uuid: randomUUID(),
    user_id: '1',
    app_id: '',
    name,
    lookup: randomUUID(),
    hash: 'x',
    created: 1_790_000_000,
  })

test(
  'any name is shown as text and runs nothing',
  browse({ login: 'admin' }, async (t, { page, site, questions }) => {
    for (const name of HOSTILE) await insert(site, name)
    await page.goto(PROFILE)
    t.deepEqual((await namesOf(page)).reverse(), HOSTILE)
    t.is(await page.locator('main img, main script, main svg, [onfocus]').count(), 0)
    t.deepEqual(questions, [], 'no alert()')
    for (const width of [1000, 780, 390, 320]) {
      await page.setViewportSize({ width, height: 800 })
      await shoot(page, `hostile-${width}`)
      t.deepEqual(await stickingOut(page), [], `fits ${width} px`)
    }
    for (const name of HOSTILE) {
      await page.getByRole('button', { name: `Revoke "${name}"`, exact: true }).click()
      await page.getByText('Application password revoked.').waitFor()
      t.true(questions.at(-1)?.startsWith(`Revoke "${name}"?`))
      await page.locator('.notice').evaluate(notice => notice.remove())
    }
    t.deepEqual(await namesOf(page), [])
    t.is(questions.length, HOSTILE.length)
  }),
)

test(
  'names that the script adds and changes are shown as text',
  browse({ login: 'admin' }, async (t, { page, questions }) => {
    const named = (name: string) => ({
      uuid: 'b5cf8c1e-4a31-4b6c-9d6e-6a9f6f2e7a10',
      app_id: '',
      name,
      created: '2026-09-21T14:13:20',
      last_used: null,
      last_ip: null,
    })
    let name = ''
    // What no site of ours answers: markup in a name.
    await page.route('**/application-passwords', route =>
      route.fulfill({ status: 201, json: { ...named(name), password: 'abcd EFGH' } }),
    )
    await page.route('**/application-passwords/*', route => route.fulfill({ json: named(name) }))
    for (name of HOSTILE) {
      await createPassword(page, name)
      t.is((await namesOf(page))[0], name)
      t.is(await page.locator('.new-application-password-notice strong').textContent(), name)
      await page.locator('tr:first-child .rename summary').click()
      t.is(await page.inputValue('tr:first-child [name="name"]'), name)
      await page.locator('tr:first-child').getByRole('button', { name: 'Save' }).click()
      await page.getByText('Application password renamed.').waitFor()
      t.is((await namesOf(page))[0], name)
      await page.getByRole('button', { name: `Revoke "${name}"`, exact: true }).waitFor()
      await page
        .locator('.notice')
        .first()
        .evaluate(notice => notice.remove())
    }
    t.is(await page.locator('main img, main script, main svg, [onfocus]').count(), 0)
    t.deepEqual(questions, [], 'no alert()')
    t.deepEqual(await stickingOut(page), [])
  }),
)

test(
  'without JavaScript, the pages of one password show its name as text',
  browse({ login: 'admin', javaScriptEnabled: false }, async (t, { page, site }) => {
    for (const name of HOSTILE) {
      await insert(site, name)
      await page.goto(PROFILE)
      await page.getByRole('button', { name: `Revoke "${name}"`, exact: true }).click()
      t.is(await page.locator('h1').textContent(), `Revoke “${name}”?`)
    }
  }),
)

test(
  'the authorize page shows the application’s name as text',
  browse({ login: 'admin' }, async (t, { page, questions }) => {
    for (const app_name of HOSTILE) {
      await page.goto(`/wp-admin/authorize-application.php?${new URLSearchParams({ app_name })}`)
      t.is(await page.locator('main strong').first().textContent(), app_name)
      t.is(await page.inputValue('#app_name'), app_name)
    }
    t.deepEqual(questions, [])
  }),
)
