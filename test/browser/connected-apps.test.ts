import type { Page } from 'playwright-core'
import { browse, PROFILE, test } from '../support/browser.ts'
import { authorizeUrl, bearer, connectApp, createApp, redeem } from '../support/oauth.ts'
import { startReceiver } from '../support/receiver.ts'
import { PASSWORD, type TestSite } from '../support/site.ts'

const APPS = '/me/security/connected-apps'
const SITES = JSON.stringify([{ id: 2, name: 'Shop', url: 'https://shop.example' }])
const EMPTY = 'You haven’t connected any apps yet.'

const namesOf = (page: Page) => page.locator('.app-name').allTextContents()

/** What the site's own API answers a call with the token. */
const statusOf = async (site: TestSite, token: string) =>
  (await (await site.client()).get('/api/posts', { headers: bearer(token) })).status

/** The user lets an application of this name in. @returns its access token */
async function connect(site: TestSite, login: string, name: string, query = {}, form = {}): Promise<string> {
  const app = await createApp(site, { name, website: `https://${name.toLowerCase()}.example` })
  return (await connectApp(site, await site.client(login), app, query, form)).access_token
}

/** What the details page says, by its labels. */
async function factsOf(page: Page): Promise<Record<string, string>> {
  const texts = await page.locator('.facts > *').allInnerTexts()
  return Object.fromEntries(texts.flatMap((text, at) => (at % 2 === 0 ? [[text, texts[at + 1] ?? '']] : [])))
}

async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 30; presses++) {
    await page.keyboard.press('Tab')
    if ((await page.locator(`${selector}:focus`).count()) > 0) return
  }
  throw new Error(`Tab does not lead to ${selector}`)
}

for (const javaScriptEnabled of [true, false]) {
  const by = javaScriptEnabled ? '' : ', without JavaScript'

  test(
    `look at what an application may do, then disconnect it${by}`,
    browse({ login: 'admin', javaScriptEnabled, timezoneId: 'Asia/Kolkata' }, async (t, { page, site }) => {
      await page.goto(APPS)
      t.true(await page.getByText(EMPTY).isVisible())
      const zapier = await connect(site, 'admin', 'Zapier', { scope: 'posts' })
      const writer = await connect(site, 'admin', 'Writer')
      t.is(await statusOf(site, zapier), 200)
      await page.reload()
      t.deepEqual(await namesOf(page), ['Writer', 'Zapier'])
      t.false(await page.getByText(EMPTY).isVisible())

      await page.getByRole('link', { name: 'Details of "Zapier"' }).click()
      t.is(await page.locator('h1').textContent(), 'Zapier')
      const { 'Authorized on': authorized, 'Last used': used, ...facts } = await factsOf(page)
      const zone = javaScriptEnabled ? '' : ' UTC'
      t.regex(authorized ?? '', new RegExp(`^\\w{3} \\d+, \\d{4}, \\d+:\\d\\d\\s[AP]M${zone}$`))
      t.regex(used ?? '', new RegExp(`[AP]M${zone}, from 127\\.0\\.0\\.1$`))
      t.deepEqual(facts, {
        'Application website': 'https://zapier.example',
        'Access scope': `This connection may only access Test Site (${site.url}).`,
        'Access permissions':
          'View who you are: your username, display name, email address and picture\nView and manage posts',
        Connections: 'You pressed Authorize once.',
      })

      await page.getByRole('link', { name: 'Disconnect' }).click()
      t.is(await page.locator('h1').textContent(), 'Disconnect “Zapier”?')
      await page.getByRole('link', { name: 'Cancel' }).click()
      t.is(await statusOf(site, zapier), 200, 'nothing happened yet')
      await page.getByRole('link', { name: 'Disconnect "Zapier"' }).click()
      await page.getByRole('button', { name: 'Disconnect' }).click()
      t.is(await page.getByRole('alert').textContent(), 'The app no longer has access to your account.')
      t.deepEqual(await namesOf(page), ['Writer'])
      t.is(await statusOf(site, zapier), 401)
      t.is(await statusOf(site, writer), 200, 'the other one is as it was')

      await page.getByRole('link', { name: 'Disconnect "Writer"' }).click()
      await page.getByRole('button', { name: 'Disconnect' }).click()
      t.true(await page.getByText(EMPTY).isVisible())
      t.is(await statusOf(site, writer), 401)
    }),
  )
}

for (const { scope, blog, asks, listed, access } of [
  { scope: 'auth', asks: 'It only learns who you are', listed: 'Login only', access: /only tells .+ who you are/ },
  {
    scope: 'global',
    asks: 'On all of your sites',
    listed: 'All of your sites',
    access: /may manage all of your sites/,
  },
  {
    scope: 'posts',
    blog: '2',
    asks: 'On which of',
    listed: 'Shop',
    access: /may only access Shop \(https:\/\/shop\.example\)/,
  },
]) {
  test(
    `the pages say what access ${scope} gives: ${listed}`,
    browse({ login: 'admin', env: { SITES } }, async (t, { page, site }) => {
      await page.goto(authorizeUrl(await createApp(site), { scope }))
      t.true(await page.getByText(asks).isVisible())
      t.is(await page.getByRole('radio').count(), blog ? 2 : 0)
      await connect(site, 'admin', 'Zapier', { scope }, blog ? { blog } : {})
      await page.goto(APPS)
      t.regex(
        await page.locator('.app').innerText(),
        new RegExp(`Zapier\\s+${listed}\\s+Authorized on .+\\s+Never used`),
      )
      await page.getByRole('link', { name: 'Zapier', exact: true }).click()
      t.regex((await factsOf(page))['Access scope'] ?? '', access)
    }),
  )
}

test(
  'an app disconnected elsewhere is gone from the pages, and another user’s app is never there',
  browse({ login: 'admin', expected: /status of 404/ }, async (t, { page, site }) => {
    await connect(site, 'admin', 'Zapier')
    const theirs = await connect(site, 'sam', 'Writer')
    await page.goto(APPS)
    t.deepEqual(await namesOf(page), ['Zapier'])
    await page.getByRole('link', { name: 'Disconnect "Zapier"' }).click()
    await site.connect.oauth?.connectedApps.disconnectAll({ id: '1' })
    await page.getByRole('button', { name: 'Disconnect' }).click()
    t.is(
      await page.getByRole('alert').textContent(),
      'This connected app does not exist. It may already be disconnected.',
    )
    for (const address of [`${APPS}/2`, `${APPS}/2/disconnect`]) {
      t.is((await page.goto(address))?.status(), 404)
    }
    t.is(await statusOf(site, theirs), 200)
  }),
)

test(
  'the profile page, /me and /me/security lead to Connected Apps, also through a login',
  browse({ login: 'sam' }, async (t, { page, context }) => {
    await page.goto(PROFILE)
    await page.getByRole('link', { name: 'Connected Apps' }).click()
    t.is(new URL(page.url()).pathname, APPS)
    await page.getByRole('link', { name: 'Application Passwords' }).click()
    t.is(new URL(page.url()).pathname, PROFILE)
    for (const address of ['/me', '/me/security']) {
      await page.goto(address)
      t.is(new URL(page.url()).pathname, APPS)
    }
    await context.clearCookies()
    await page.goto(APPS)
    await page.fill('#user_login', 'admin')
    await page.fill('#user_pass', PASSWORD)
    await page.click('#wp-submit')
    t.true(await page.getByText(EMPTY).isVisible())
  }),
)

test(
  'a user authorizes and disconnects with the keyboard alone',
  browse({ login: 'admin', env: { SITES } }, async (t, { page, site }) => {
    const { url, received } = await startReceiver(t)
    const app = await createApp(site, { name: 'Zapier', redirectUris: [`${url}/callback`] })
    await page.goto(authorizeUrl(app))
    await tabTo(page, '[name="blog"]')
    await page.keyboard.press('ArrowDown')
    await tabTo(page, '[name="approve"]')
    t.is(await page.evaluate('getComputedStyle(document.activeElement).outlineWidth'), '3px')
    await page.keyboard.press('Enter')
    await page.getByText('Thank you.').waitFor()
    const { json } = await redeem(site, app, received[0]?.searchParams.get('code') ?? '')
    t.is(json.blog_url, 'https://shop.example')

    await page.goto(APPS)
    await tabTo(page, '[aria-label="Disconnect \\"Zapier\\""]')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Disconnect “Zapier”?' }).waitFor()
    await tabTo(page, 'button')
    await page.keyboard.press('Enter')
    await page.getByText(EMPTY).waitFor()
    t.is(await statusOf(site, json.access_token), 401)
  }),
)

test(
  'the Connected Apps pages cannot be framed',
  browse({ login: 'admin', expected: /frame-ancestors|X-Frame-Options/ }, async (t, { page, site, context }) => {
    await connect(site, 'admin', 'Zapier')
    await page.goto(authorizeUrl(await createApp(site)))
    const consent = new URL(page.url()).pathname
    const { url } = await startReceiver(t)
    for (const path of [consent, APPS, `${APPS}/1`, `${APPS}/1/disconnect`]) {
      // On the same machine, so that the browser would send its cookies along.
      const framing = await context.newPage()
      await framing.goto(url.replace('127.0.0.1', 'localhost'))
      await framing.evaluate(`document.body.innerHTML = '<iframe src="${site.url}${path}"></iframe>'`)
      await framing.waitForEvent('console', message => /frame-ancestors|X-Frame-Options/.test(message.text()))
      t.is(await framing.frames()[1]?.locator('form, .app').count(), 0)
      await framing.close()
    }
  }),
)

test(
  'times are in the reader’s time zone, with UTC in their title',
  browse({ login: 'admin', timezoneId: 'Asia/Kolkata' }, async (t, { page, site }) => {
    await connect(site, 'admin', 'Zapier')
    await site.knex('connect_oauth_grants').update({ created: Date.UTC(2026, 0, 2, 20, 15) / 1000 })
    await page.goto(APPS)
    const time = page.locator('.app time').first()
    t.regex(await time.innerText(), /^Jan 3, 2026, 1:45\sAM$/)
    t.regex((await time.getAttribute('title')) ?? '', /^Jan 2, 2026, 8:15\sPM UTC$/)
  }),
)
