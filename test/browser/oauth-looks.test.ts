import Koa from 'koa'
import type { Page } from 'playwright-core'
import { type ConnectOptions, createConnect, embeddedUsers, type UserSite } from '../../src/index.ts'
import { checkLooks, stickingOut } from '../support/axe.ts'
import { browse, test } from '../support/browser.ts'
import { authorizeUrl, bearer, connectApp, createApp } from '../support/oauth.ts'
import { SECRET, type TestSite } from '../support/site.ts'

const APPS = '/me/security/connected-apps'
const LONG = 'unbroken'.repeat(25)
const HEBREW = 'תהילים 👩‍👩‍👧‍👦 שלום (2026)'

/** The permissions that WordPress.com has. */
const SCOPES: Record<string, string> = {
  users: 'View user information',
  sites: 'View general site information and options',
  posts: 'View and manage posts, including reblogs and likes',
  comments: 'View and manage post comments',
  taxonomy: 'View and manage tags and categories',
  follow: 'Follow and unfollow blogs',
  sharing: 'Connect social media services',
  notifications: 'View and manage user notifications',
  insights: 'View analytics for your application',
  read: 'Manage and view Reader subscriptions',
  stats: 'View site statistics',
  media: 'Manage site media',
  menus: 'View and manage site menus',
  batch: 'Batch multiple GET requests',
  videos: 'View video information',
}

const SITES: UserSite[] = [
  { id: 2, name: 'Shop', url: 'https://shop.example' },
  { id: 3, name: 'The blog of everybody who works here', url: 'https://example.com/blogs/everybody-who-works-here' },
]

const MANY_SITES: UserSite[] = [
  ...SITES,
  { id: 4, name: LONG, url: `https://example.com/${LONG}` },
  { id: 5, name: HEBREW, url: 'https://xn--4dbcagdahymbxekheh6e0a7fei0b.example' },
  ...Array.from({ length: 8 }, (_, n) => ({
    id: 6 + n,
    name: `Branch ${n + 1}`,
    url: `https://branch-${n + 1}.example`,
  })),
]

/** Another look of the same site, with its users and applications: more permissions, more sites, another name. */
async function rebuild(site: TestSite, { name = 'Test Site', sites = SITES, scopes = SCOPES }): Promise<void> {
  const options: ConnectOptions = {
    knex: site.knex,
    site: { url: site.url, name },
    secret: SECRET,
    users: parts => ({ ...embeddedUsers()(parts), sites: () => sites }),
    environment: 'local',
    oauth: { scopes },
  }
  const app = new Koa().use((await createConnect(options)).middleware())
  // Browsers ask for an icon by themselves.
  app.use(ctx => {
    ctx.status = 204
  })
  site.server.removeAllListeners('request').on('request', app.callback())
}

const open = (page: Page, app: Parameters<typeof authorizeUrl>[0], more = {}) => page.goto(authorizeUrl(app, more))

test(
  'the consent page is accessible',
  browse({ login: 'admin' }, async (t, { page, site }) => {
    const app = await createApp(site, { name: 'Shop Sync', website: 'https://shop-sync.example' })
    await open(page, app)
    await checkLooks(t, page, 'consent')
    await open(page, app, { scope: 'auth' })
    await checkLooks(t, page, 'consent-log-in')
    await open(page, app, { scope: 'global' })
    await checkLooks(t, page, 'consent-all-sites')
    await rebuild(site, {})
    await open(page, app, { scope: 'posts media', blog: '3' })
    await checkLooks(t, page, 'consent-sites')
    await rebuild(site, { sites: [] })
    await open(page, app)
    await checkLooks(t, page, 'consent-no-site')
  }),
)

test(
  'the consent page of a self-registered application is accessible, on a phone and a desktop',
  browse({ login: 'admin' }, async (t, { page, site }) => {
    const native = await createApp(site, { name: 'Desk', type: 'native' })
    await site.knex('connect_oauth_clients').update({ self_registered: true })
    await open(page, native, { code_challenge: 'x'.repeat(43), code_challenge_method: 'S256' })
    await checkLooks(t, page, 'consent-self-registered')
  }),
)

test(
  'a consent page with long names, all permissions and twelve sites is accessible',
  browse({ login: 'admin' }, async (t, { page, site }) => {
    const app = await createApp(site, {
      name: LONG,
      website: `https://example.com/${LONG}`,
      redirectUris: [`https://${'long.'.repeat(40)}example/callback`],
    })
    await site.knex('connect_oauth_clients').update({ self_registered: true })
    await site.accounts.update('1', { name: LONG.slice(0, 100), email: `${'e'.repeat(60)}@long.example` })
    await rebuild(site, { name: LONG, sites: MANY_SITES })
    await open(page, app)
    await checkLooks(t, page, 'consent-long')
    await site.knex('connect_oauth_clients').update({ name: HEBREW, self_registered: false })
    await site.accounts.update('1', { name: HEBREW })
    await rebuild(site, { name: HEBREW })
    await open(page, app)
    await checkLooks(t, page, 'consent-right-to-left')
  }),
)

const CONNECTED = [
  { look: 'site', name: 'Shop Sync', query: {}, form: { blog: '2' } },
  { look: 'log-in', name: 'iA Writer', query: { scope: 'auth' }, form: {} },
  { look: 'all-sites', name: 'Zapier', query: { scope: 'global' }, form: {} },
  { look: 'long', name: LONG, query: { scope: 'posts' }, form: { blog: '4' } },
  { look: 'right-to-left', name: HEBREW, query: {}, form: { blog: '5' } },
]

/** Lets them all in, and uses the first. */
async function connectAll(site: TestSite): Promise<void> {
  await rebuild(site, { sites: MANY_SITES })
  const owner = await site.client('admin')
  for (const { look, name, query, form } of CONNECTED) {
    const app = await createApp(site, { name, website: 'https://app.example' })
    const { access_token } = await connectApp(site, owner, app, query, form)
    if (look === 'site') await owner.get('/rest/v1.1/me', { headers: bearer(access_token) })
  }
  await site.knex('connect_oauth_grants').where('client_name', LONG).update({ self_registered: true })
}

test(
  'Connected Apps is accessible: empty, full, and after one was disconnected',
  browse({ login: 'admin', expected: /status of 404/ }, async (t, { page, site }) => {
    await page.goto(APPS)
    await checkLooks(t, page, 'apps-empty')
    await connectAll(site)
    await page.goto(APPS)
    await checkLooks(t, page, 'apps')
    await page.getByRole('link', { name: 'Disconnect "Zapier"' }).click()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await checkLooks(t, page, 'apps-disconnected')
    await page.goto(`${APPS}/99`)
    await checkLooks(t, page, 'app-unknown')
  }),
)

for (const [what, below] of [
  ['details', ''],
  ['confirmation', '/disconnect'],
] as const) {
  test(
    `${what}: every kind of connected app is accessible`,
    browse({ login: 'admin' }, async (t, { page, site }) => {
      await connectAll(site)
      for (const [index, { look }] of CONNECTED.entries()) {
        await page.goto(`${APPS}/${index + 1}${below}`)
        await checkLooks(t, page, `app-${what}-${look}`)
      }
    }),
  )
}

const HOSTILE = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  `' autofocus onfocus='alert(1)`,
  '</title></dl></form><svg onload=alert(1)>',
  '{{ 7 * 7 }}{% raw %}',
]

test(
  'names of applications, sites and people are shown as text and run nothing',
  browse({ login: 'admin' }, async (t, { page, site, questions }) => {
    const owner = await site.client('admin')
    const isText = async (name: string, places: Record<string, number>) => {
      for (const [place, count] of Object.entries(places)) {
        t.is(await page.locator(place).filter({ hasText: name }).count(), count, `${place}: ${name}`)
      }
      t.is(await page.locator('main img, main script, main svg, [onfocus]').count(), 0)
      t.deepEqual(await stickingOut(page), [])
    }
    for (const name of HOSTILE) {
      const app = await createApp(site)
      // Past the rules for names, as another program may write them.
      await site.knex('connect_oauth_clients').update({ name, self_registered: true })
      await site.accounts.update('1', { name })
      await rebuild(site, { name, sites: [{ id: 2, name, url: 'https://hostile.example' }, ...SITES] })
      await open(page, app)
      await isText(name, { h1: 1, '.notice': 1, '.user-card strong': 1, '.sites label': 1 })
      await connectApp(site, owner, app, {}, { blog: '2' })
      await site.knex('connect_oauth_grants').update({ client_website: `javascript:${name}` })
      await page.goto(APPS)
      await isText(name, { '.app-name': 1, '.app-facts p': 1 })
      await page.click('.app-name')
      await isText(name, { h1: 1, '.facts dd': 2, '.facts a[href^="javascript"]': 0 })
      await page.getByRole('link', { name: 'Disconnect' }).click()
      await isText(name, { h1: 1, 'main p': 1 })
      await page.getByRole('button', { name: 'Disconnect' }).click()
    }
    t.deepEqual(questions, [], 'no alert()')
  }),
)
