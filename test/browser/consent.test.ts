import type { ExecutionContext } from 'ava'
import type { Page } from 'playwright-core'
import type { ClientDetails } from '../../src/index.ts'
import { browse, test } from '../support/browser.ts'
import { type App, authorizeUrl, bearer, createApp, pkce, redeem } from '../support/oauth.ts'
import { startReceiver } from '../support/receiver.ts'
import { PASSWORD, type TestSite } from '../support/site.ts'

const SITES = JSON.stringify([
  { id: 2, name: 'Shop', url: 'https://shop.example' },
  { id: 3, name: 'Blog', url: 'https://example.com/blog' },
])

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })
const permissionsOf = (page: Page) => page.locator('.permissions li').allTextContents()
const thanked = (page: Page) => page.getByText('Thank you.').waitFor()

/** An application that waits for the browser to come back. */
async function startApp(t: ExecutionContext, site: TestSite, details: Partial<ClientDetails> = {}, delayMs = 0) {
  const { url, received, posted } = await startReceiver(t, '127.0.0.1', delayMs)
  return { app: await createApp(site, { redirectUris: [`${url}/callback`], ...details }), url, received, posted }
}

/** By the login page that the browser has come to. */
async function logInHere(page: Page, login: string): Promise<void> {
  await page.fill('#user_login', login)
  await page.fill('#user_pass', PASSWORD)
  await page.click('#wp-submit')
}

/** Who the API takes a caller for that has the token which the code is good for; and for which site it is. */
async function redeemed(site: TestSite, app: App, callback: URL | undefined, verifier?: string) {
  const { status, json, text } = await redeem(site, app, callback?.searchParams.get('code') ?? '', verifier)
  if (status !== 200) throw new Error(text)
  const me = await (await site.client()).get('/rest/v1.1/me', { headers: bearer(json.access_token) })
  return { username: me.json.username, blogUrl: json.blog_url }
}

for (const javaScriptEnabled of [true, false]) {
  const by = javaScriptEnabled ? '' : ', without JavaScript'

  test(
    `a form_post response is posted to the application${by}`,
    browse({ login: 'admin', javaScriptEnabled }, async (t, { page, site }) => {
      const { app, posted } = await startApp(t, site)
      await page.goto(authorizeUrl(app, { response_mode: 'form_post', state: 'a b&c"' }))
      await button(page, 'Authorize').click()
      if (!javaScriptEnabled) await button(page, 'Continue').click()
      await thanked(page)
      t.is(posted.length, 1)
      t.is(posted[0]?.get('state'), 'a b&c"')
      t.is((await redeem(site, app, posted[0]?.get('code') ?? '')).status, 200)
    }),
  )

  test(
    `authorize with a single site${by}`,
    browse({ login: 'admin', javaScriptEnabled }, async (t, { page, site }) => {
      const { app, url, received } = await startApp(t, site, { name: 'Desk', website: 'https://desk.example' })
      await page.goto(authorizeUrl(app, { state: 'a b&c' }))
      t.is(await page.locator('h1').innerText(), 'Connect Desk')
      const text = await page.locator('main').innerText()
      for (const said of ['https://desk.example', new URL(url).host, 'admin@example.com', `begin with ${site.url}/.`]) {
        t.true(text.includes(said), said)
      }
      t.deepEqual((await permissionsOf(page)).slice(1), [
        'View and manage posts',
        'View and manage media',
        'View and manage categories and tags',
      ])
      t.is(await page.locator('.notice').count(), 0, 'no warning')
      await button(page, 'Authorize').click()
      await thanked(page)
      t.is(received.length, 1)
      t.is(received[0]?.searchParams.get('state'), 'a b&c')
      const { username, blogUrl } = await redeemed(site, app, received[0])
      t.deepEqual([username, blogUrl], ['admin', site.url])
    }),
  )

  test(
    `authorize for one of three sites${by}`,
    browse({ login: 'admin', javaScriptEnabled, env: { SITES } }, async (t, { page, site }) => {
      const { app, received } = await startApp(t, site)
      await page.goto(authorizeUrl(app))
      const choice = page.getByRole('group', { name: 'On which of your sites?' })
      t.deepEqual(await choice.locator('strong').allTextContents(), ['Test Site', 'Shop', 'Blog'])
      t.is(await page.locator(':checked').count(), 0, 'nothing is chosen for the user')
      await button(page, 'Authorize').click()
      t.is(await page.locator('[name="blog"]:invalid').count(), 3, 'the browser asks for a choice')
      await page.getByLabel('Blog').check()
      await button(page, 'Authorize').click()
      await thanked(page)
      t.is((await redeemed(site, app, received[0])).blogUrl, 'https://example.com/blog')
    }),
  )

  test(
    `deny${by}`,
    browse({ login: 'admin', javaScriptEnabled, expected: /status of 400/ }, async (t, { page, site }) => {
      const { app, received } = await startApp(t, site)
      await page.goto(authorizeUrl(app))
      await button(page, 'Deny').click()
      await thanked(page)
      const { searchParams } = received[0] ?? new URL('https://nothing.example')
      t.deepEqual([searchParams.get('error'), searchParams.get('state')], ['access_denied', 'xyz'])
      t.false(searchParams.has('code'))
      await page.goBack()
      t.true(await page.getByText('This request was already answered').isVisible())
    }),
  )

  test(
    `a visitor who is not logged in logs in on the way${by}`,
    browse({ javaScriptEnabled }, async (t, { page, site }) => {
      const { app, received } = await startApp(t, site)
      await page.goto(authorizeUrl(app))
      await logInHere(page, 'sam')
      await button(page, 'Authorize').click()
      await thanked(page)
      t.is((await redeemed(site, app, received[0])).username, 'sam')
    }),
  )

  test(
    `log in with a different account: the page and the access are about that account${by}`,
    browse({ login: 'admin', javaScriptEnabled }, async (t, { page, site }) => {
      const { app, received } = await startApp(t, site)
      await page.goto(authorizeUrl(app))
      await page.getByRole('link', { name: 'Log in with a different account' }).click()
      await logInHere(page, 'sam')
      t.regex(await page.locator('.user-card').innerText(), /^S\s+You are logged in as\s+sam\s+sam@example\.com/)
      await button(page, 'Authorize').click()
      await thanked(page)
      t.is((await redeemed(site, app, received[0])).username, 'sam')
      t.deepEqual(await site.connect.oauth?.connectedApps.list({ id: 1 }), [])
    }),
  )
}

for (const { named, blog, chosen } of [
  { named: 'by its id', blog: '3', chosen: ['3'] },
  { named: 'by its address', blog: 'https://shop.example/', chosen: ['2'] },
  { named: 'that is not the user’s', blog: 'https://elsewhere.example', chosen: [] },
]) {
  test(
    `a site that the application names ${named} is ${chosen.length ? '' : 'not '}preselected`,
    browse({ login: 'admin', env: { SITES } }, async (t, { page, site }) => {
      await page.goto(authorizeUrl(await createApp(site), { blog }))
      const radios = await page.locator(':checked').all()
      t.deepEqual(await Promise.all(radios.map(radio => radio.getAttribute('value'))), chosen)
      t.is(await page.getByRole('radio').count(), 3, 'the user may still choose another')
    }),
  )
}

test(
  'a form that is sent without a choice of site says what is missing',
  browse({ login: 'admin', env: { SITES }, expected: /status of 400/ }, async (t, { page, site }) => {
    await page.goto(authorizeUrl(await createApp(site)))
    await page.evaluate('document.querySelector("form").noValidate = true')
    await button(page, 'Authorize').click()
    t.is(await page.getByRole('alert').textContent(), 'Choose one of your sites.')
    t.is(await page.getByRole('radio').count(), 3)
  }),
)

test(
  'a page of a user who has logged out meanwhile authorizes nothing',
  browse({ login: 'admin', expected: /status of 403/ }, async (t, { page, site, context }) => {
    await page.goto(authorizeUrl(await createApp(site)))
    const other = await context.newPage()
    await other.goto('/wp-login.php?reauth=1')
    await logInHere(other, 'sam')
    await other.waitForURL('**/profile.php')
    await button(page, 'Authorize').click()
    t.true(await page.getByText('This form has expired.').isVisible())
    for (const id of ['1', '3']) {
      t.deepEqual(await site.connect.oauth?.connectedApps.list({ id }), [])
    }
  }),
)

test(
  'a self-registered application is marked on every page',
  browse({ login: 'admin', env: { OAUTH_REGISTRATION: 'on' } }, async (t, { page, site }) => {
    const { url, received } = await startReceiver(t)
    const registration = {
      client_name: 'Assistant',
      redirect_uris: [`${url}/callback`],
      token_endpoint_auth_method: 'none',
    }
    const { json } = await (await site.client()).send('POST', '/oauth2/register', { json: registration })
    const app = { id: json.client_id, secret: null, redirectUri: `${url}/callback` }
    const { verifier, challenge } = pkce()
    await page.goto(authorizeUrl(app, { code_challenge: challenge, code_challenge_method: 'S256' }))
    t.true(await page.getByText('This application registered itself.').isVisible())
    await button(page, 'Authorize').click()
    await thanked(page)
    t.is((await redeemed(site, app, received[0], verifier)).username, 'admin')
    await page.goto('/me/security/connected-apps')
    await page.getByRole('link', { name: 'Assistant', exact: true }).click()
    t.true(await page.getByText('This application registered itself').isVisible())
  }),
)

test(
  'the redirect works for a program on this machine, its next redirect, and a private-use URI scheme',
  browse({ login: 'admin' }, async (t, { page, site }) => {
    const [application, elsewhere] = [await startReceiver(t), await startReceiver(t)]
    const onward = `${elsewhere.url}/callback?arrived`
    const redirectUris = [`${application.url}/callback?${new URLSearchParams({ onward })}`, 'my.app:/callback']
    const native = await createApp(site, { type: 'native', redirectUris })
    const proof = { code_challenge: pkce().challenge, code_challenge_method: 'S256' }
    for (const name of ['Authorize', 'Deny']) {
      await page.goto(authorizeUrl(native, proof))
      await button(page, name).click()
      await thanked(page)
      t.is(page.url(), onward)
    }
    t.deepEqual(
      application.received.map(({ searchParams }) => searchParams.has('code')),
      [true, false],
    )
    await page.goto(authorizeUrl({ ...native, redirectUri: 'my.app:/callback' }, proof))
    t.true(await page.getByText('my.app:/callback', { exact: true }).isVisible())
    // No program here answers to it, but the browser asked for one.
    await Promise.all([
      page.waitForEvent('requestfailed', request => request.url().startsWith('my.app:/callback?code=')),
      button(page, 'Authorize').click(),
    ])
  }),
)

test(
  'an invalid request gets an error page here, and no redirect',
  browse({ login: 'admin', expected: /status of 400/ }, async (t, { page, site }) => {
    const { app, url, received } = await startApp(t, site)
    for (const [wrong, says] of [
      [{ client_id: '123456789012' }, 'This site does not know the application'],
      [{ redirect_uri: `${url}/callback/` }, 'is not registered for it'],
      [{ redirect_uri: 'javascript:alert(1)' }, 'is not registered for it'],
    ] as const) {
      await page.goto(authorizeUrl(app, wrong))
      t.is(await page.locator('h1').textContent(), 'That did not work')
      t.regex((await page.getByRole('alert').textContent()) ?? '', new RegExp(says))
      t.is(await page.locator('form').count(), 0)
    }
    t.deepEqual(received, [])
  }),
)

test(
  'a double click on Authorize reaches a slow application once',
  browse({ login: 'admin' }, async (t, { page, site }) => {
    const { app, received } = await startApp(t, site, {}, 1000)
    await page.goto(authorizeUrl(app))
    const { x, y, width, height } = (await button(page, 'Authorize').boundingBox()) ?? t.fail('no button')
    await page.mouse.click(x + width / 2, y + height / 2)
    await new Promise(resolve => setTimeout(resolve, 150))
    await page.mouse.click(x + width / 2, y + height / 2)
    await thanked(page)
    t.is(received.length, 1)
  }),
)
