import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import test from 'ava'
import knex from 'knex'
import { type Answer, basic, Client, formFields } from '../support/client.ts'
import { block } from '../support/markdown.ts'
import { type App, authorizeUrl, bearer, CALLBACK, connectApp, openConsent } from '../support/oauth.ts'
import { SHOWN_PASSWORD, shell } from '../support/shell.ts'
import { ADMIN_PASSWORD, type Strapi, startStrapi } from '../support/strapi.ts'
import { testWith } from '../support/tools.ts'

const PROFILE = '/wp-admin/profile.php'
const POSTS = '/api/posts'
const POST = { data: { title: 'Hello' } }
const FORBIDDEN = { name: 'ForbiddenError', status: 403 }
const PASSWORD = 'opensesame and more'

/** One Strapi for all of this file; it takes its time to start. */
let strapi: Strapi
let script: Client
let admin: Client
const ends: (() => unknown)[] = []

test.before('npm install, npm start', async t => {
  t.timeout(900_000)
  strapi = await startStrapi({ teardown: end => void ends.push(end) })
  script = new Client(strapi.url)
  admin = new Client(strapi.url)
  t.is((await logIn(admin, 'admin', ADMIN_PASSWORD)).status, 302)
})
test.after.always(async () => {
  for (const end of ends.reverse()) await end()
})
test.afterEach.always(t => {
  if (!t.passed) t.log(strapi.output().slice(-3_000))
})

const logIn = (browser: Client, identifier: string, password: string, next = '/'): Promise<Answer> =>
  browser.send('POST', `/auth/local?next=${encodeURIComponent(next)}`, { form: { identifier, password } })

/** Somebody new by Strapi's own registration: of the role "Authenticated", who may read posts. */
async function register(username: string) {
  const person = { username, email: `${username}@example.com`, password: PASSWORD }
  const { status, json, text } = await script.send('POST', '/api/auth/local/register', { json: person })
  if (status !== 200) throw new Error(`register: ${status} ${text}`)
  return { id: json.user.id as number, documentId: json.user.documentId as string, jwt: json.jwt as string }
}

/** Somebody new, at a browser. Strapi allows ten logins in five minutes. */
async function registerAndLogIn(username: string) {
  const person = await register(username)
  const browser = new Client(strapi.url)
  await logIn(browser, username, PASSWORD)
  return { ...person, browser }
}

/** Makes an application password as somebody does without JavaScript. */
async function makePassword(browser: Client, name = 'Zapier'): Promise<string> {
  const form = formFields((await browser.get(PROFILE)).text, 'id="do_new_application_password"')
  const { text } = await browser.send('POST', PROFILE, { form: { ...form, new_application_password_name: name } })
  const [, password] = /id="new-application-password-value"[^>]*value="([^"]+)"/.exec(text) ?? []
  if (!password) throw new Error(`no password: ${text}`)
  return password
}

async function registerApp(): Promise<App> {
  const page = await admin.get('/apps/new')
  const { legacy: _legacy, ...fields } = formFields(page.text, 'name="_wpnonce"')
  const form = { ...fields, name: 'Shop', redirect_uris: CALLBACK, type: 'web' }
  const { text } = await admin.send('POST', '/apps/new', { form })
  const value = (id: string) => new RegExp(`id="${id}"[^>]*value="([^"]*)"`, 's').exec(text)?.[1] ?? ''
  return { id: value('new-client-id'), secret: value('new-client-secret'), redirectUri: CALLBACK }
}

const refusal = ({ json }: Answer) => ({ name: json?.error?.name, status: json?.error?.status })

/** What the package has in Strapi's database of a user. */
async function rowsOf(id: number) {
  const filename = join(strapi.folder, 'data/strapi.db')
  const database = knex({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true })
  const ofUser = (table: string) => database(table).where('user_id', String(id))
  const rows = [...(await ofUser('connect_application_passwords')), ...(await ofUser('connect_oauth_grants'))]
  await database.destroy()
  return rows.length
}

async function until(isSo: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < 100; tries++) {
    if (await isSo()) return true
    await wait(50)
  }
  return false
}

test.serial('a person logs in with Strapi’s own check, and is redirected within this site only', async t => {
  const browser = new Client(strapi.url)
  const sent = await browser.get(PROFILE)
  const next = new URL(sent.headers.get('location') ?? '', strapi.url).searchParams.get('next') ?? ''
  t.is(next, strapi.url + PROFILE)
  t.is((await logIn(browser, 'admin', 'wrong', next)).status, 401)
  t.is((await browser.get(PROFILE)).status, 302)
  t.is(
    (await logIn(browser, 'admin', ADMIN_PASSWORD, 'https://evil.example/')).headers.get('location'),
    `${strapi.url}/`,
  )
  t.is((await logIn(browser, 'admin@example.com', ADMIN_PASSWORD, next)).headers.get('location'), next)
  const page = await browser.get(PROFILE)
  t.is(page.status, 200)
  const logOut = /href="([^"]*)">Log out/.exec(page.text)?.[1] ?? '/no-log-out'
  t.regex((await browser.get(logOut)).text, /<form method="post"><button>Log out/)
  t.is((await browser.send('POST', logOut, { headers: { 'sec-fetch-site': 'cross-site' } })).status, 403)
  t.is((await browser.get(PROFILE)).status, 200, 'another site logs nobody out')
  await browser.send('POST', logOut)
  t.is((await browser.get(PROFILE)).status, 302)

  const form = { identifier: 'admin', password: ADMIN_PASSWORD }
  const forged = await browser.send('POST', '/auth/local', { form, headers: { 'sec-fetch-site': 'cross-site' } })
  t.deepEqual(refusal(forged), FORBIDDEN)
})

test.serial('the pages keep their own headers next to Strapi’s', async t => {
  const { headers } = await admin.get(PROFILE)
  t.regex(headers.get('content-security-policy') ?? '', /^default-src 'none'; style-src 'self'; script-src 'self'/)
  t.notRegex(headers.get('content-security-policy') ?? '', /unsafe|https:/)
  t.is(headers.get('x-frame-options'), 'DENY')
  t.regex((await script.get('/_health')).headers.get('content-security-policy') ?? '', /strapi\.io/)
})

test.serial('an application password gives access to Strapi’s REST API with its user’s permissions', async t => {
  const { browser } = await registerAndLogIn('sam')
  const ofAdmin = basic('admin', await makePassword(admin))
  const ofSam = basic('sam', await makePassword(browser))

  const created = await script.send('POST', POSTS, { headers: ofAdmin, json: POST })
  t.is(created.status, 201)
  t.is(created.json.data.title, 'Hello')
  const read = await script.get(POSTS, { headers: ofSam })
  t.is(read.status, 200)
  t.is(read.json.data[0].title, 'Hello')
  t.deepEqual(refusal(await script.send('POST', POSTS, { headers: ofSam, json: POST })), FORBIDDEN)
  t.is((await script.get('/api/users/me', { headers: ofSam })).json.username, 'sam')
  t.is((await script.get('/wp-json/wp/v2/users/me', { headers: ofSam })).json.slug, 'sam')

  t.is((await script.get(POSTS, { headers: basic('SAM@example.com', await makePassword(browser, 'n8n')) })).status, 200)

  t.is((await script.get(POSTS, { headers: basic('admin', 'wrong') })).json.code, 'incorrect_password')
})

testWith('curl').serial('the command of examples/strapi/README.md writes a post', async t => {
  const curl = block('examples/strapi/README.md', 'sh', 'curl')
    .replace(SHOWN_PASSWORD, await makePassword(admin))
    .replace('http://localhost:1337', strapi.url)
  const { output } = await shell(curl.replace('curl', 'curl -s'))
  t.is(JSON.parse(output).data.title, 'Hello')
})

test.serial('a password revoked by the form is rejected by the very next request', async t => {
  const headers = basic('admin', await makePassword(admin, 'Short-lived'))
  t.is((await script.get(POSTS, { headers })).status, 200)
  const fields = formFields((await admin.get(PROFILE)).text, 'aria-label="Revoke &quot;Short-lived&quot;"')
  const confirm = (await admin.get(`${PROFILE}?${new URLSearchParams(fields)}`)).text
  await admin.send('POST', PROFILE, { form: formFields(confirm, 'name="_wpnonce"') })
  const refused = await script.get(POSTS, { headers })
  t.is(refused.status, 401)
  t.is(refused.json.code, 'incorrect_password')
})

test.serial('an access token allows what its scopes name, and no more than its user may', async t => {
  const app = await registerApp()
  const { page } = await openConsent(admin, authorizeUrl(app, { scope: 'posts:read posts:write' }))
  t.regex(page.text, /Write, change and delete posts/)

  const reader = bearer((await connectApp(strapi, admin, app, { scope: 'posts:read' })).access_token)
  const read = await script.get(`${POSTS}?populate=author`, { headers: reader })
  t.is(read.status, 200)
  t.false('author' in read.json.data[0], 'users are none of its scopes')
  t.deepEqual(refusal(await script.send('POST', POSTS, { headers: reader, json: POST })), FORBIDDEN)
  t.deepEqual(refusal(await script.get('/api/users', { headers: reader })), FORBIDDEN)
  t.deepEqual(refusal(await script.get('/api/users/me', { headers: reader })), FORBIDDEN)

  const writer = bearer((await connectApp(strapi, admin, app, { scope: 'posts:write' })).access_token)
  t.is((await script.send('POST', POSTS, { headers: writer, json: POST })).status, 201)
  t.deepEqual(refusal(await script.get(POSTS, { headers: writer })), FORBIDDEN)

  const all = bearer((await connectApp(strapi, admin, app, { scope: 'global' })).access_token)
  t.is((await script.send('POST', POSTS, { headers: all, json: POST })).status, 201)
  t.deepEqual(refusal(await script.get('/api/users', { headers: all })), FORBIDDEN)
  t.is((await script.get('/api/users', { headers: basic('admin', await makePassword(admin)) })).status, 200)

  const who = bearer((await connectApp(strapi, admin, app, { scope: 'auth' })).access_token)
  t.is((await script.get('/rest/v1.1/me', { headers: who })).json.username, 'admin')
  t.deepEqual(refusal(await script.get(POSTS, { headers: who })), FORBIDDEN)

  // A scope is no permission.
  const { browser } = await registerAndLogIn('ann')
  const ofAnn = bearer((await connectApp(strapi, browser, app, { scope: 'posts:write' })).access_token)
  t.deepEqual(refusal(await script.send('POST', POSTS, { headers: ofAnn, json: POST })), FORBIDDEN)

  const [connected] = (await admin.rest('GET', '/rest/v1.1/me/connected-applications')).json.connected_applications
  const disconnect = `/me/security/connected-apps/${connected.ID}/disconnect`
  await admin.send('POST', disconnect, { form: formFields((await admin.get(disconnect)).text, 'name="_wpnonce"') })
  t.is((await script.get(POSTS, { headers: reader })).json.code, 'invalid_token')
})

test.serial('requests that Strapi itself accepts still work: anonymous, its JWTs, its API tokens', async t => {
  const { jwt } = await register('joe')
  t.deepEqual(refusal(await script.get(POSTS)), FORBIDDEN)
  t.is((await script.get(POSTS, { headers: bearer(jwt) })).status, 200)
  t.deepEqual(refusal(await script.send('POST', POSTS, { headers: bearer(jwt), json: POST })), FORBIDDEN)
  t.is((await script.get(POSTS, { headers: bearer(`${jwt}x`) })).status, 401)

  const headers = bearer(await logInToAdminPanel())
  const ask = { name: 'CI', description: '', type: 'full-access', lifespan: null }
  const { json } = await script.send('POST', '/admin/api-tokens', { headers, json: ask })
  t.is((await script.send('POST', POSTS, { headers: bearer(json.data.accessKey), json: POST })).status, 201)
})

test.serial('a user blocked in Strapi is rejected with all of their credentials', async t => {
  const { browser, id } = await registerAndLogIn('kim')
  const password = basic('kim', await makePassword(browser))
  const token = bearer((await connectApp(strapi, browser, await registerApp())).access_token)
  for (const headers of [password, token]) t.is((await script.get(POSTS, { headers })).status, 200)

  const headers = basic('admin', await makePassword(admin))
  t.is((await script.send('PUT', `/api/users/${id}`, { headers, json: { blocked: true } })).status, 200)
  t.is((await script.get(POSTS, { headers: password })).json.code, 'incorrect_password')
  t.is((await script.get(POSTS, { headers: token })).json.code, 'invalid_token')
  t.is((await browser.get(PROFILE)).status, 302)
})

test.serial('deleting a Strapi user deletes their passwords and tokens', async t => {
  const headers = basic('admin', await makePassword(admin))
  const panel = bearer(await logInToAdminPanel())
  const one = await registerAndLogIn('lee')
  const two = await registerAndLogIn('max')
  const app = await registerApp()
  for (const { browser } of [one, two]) {
    await makePassword(browser)
    await connectApp(strapi, browser, app)
  }
  t.deepEqual([await rowsOf(one.id), await rowsOf(two.id)], [2, 2])

  t.is((await script.send('DELETE', `/api/users/${one.id}`, { headers })).status, 200)
  t.true(await until(async () => (await rowsOf(one.id)) === 0))
  t.is(await rowsOf(two.id), 2)

  // The admin panel deletes in a transaction.
  const bulkDelete = '/content-manager/collection-types/plugin::users-permissions.user/actions/bulkDelete'
  const json = { documentIds: [two.documentId] }
  t.is((await script.send('POST', bulkDelete, { headers: panel, json })).status, 200)
  t.true(await until(async () => (await rowsOf(two.id)) === 0))
})

test.serial('a changed Strapi schema leaves our tables alone, and a body parser may come first', async t => {
  t.timeout(120_000)
  const headers = basic('admin', await makePassword(admin))
  await edit(
    'src/api/post/content-types/post/schema.json',
    '"title": {',
    '"subtitle": { "type": "string" }, "title": {',
  )
  await edit('config/middlewares.js', /( *'global::connect'.*\n)( *'strapi::query',\n *'strapi::body',\n)/, '$2$1')
  await strapi.restart()
  const json = { data: { title: 'Hello', subtitle: 'again' } }
  t.is((await script.send('POST', POSTS, { headers, json })).json.data.subtitle, 'again')
  t.is((await script.get(POSTS, { headers: basic('admin', await makePassword(admin, 'Parsed before')) })).status, 200)
  const token = (await connectApp(strapi, admin, await registerApp())).access_token
  t.is((await script.get(POSTS, { headers: bearer(token) })).status, 200)
})

test.serial('a new password in Strapi ends the user’s sessions, and no application password', async t => {
  const { browser, id } = await registerAndLogIn('pat')
  const password = basic('pat', await makePassword(browser))
  const headers = basic('admin', await makePassword(admin))
  const json = { password: 'another one, and longer' }
  t.is((await script.send('PUT', `/api/users/${id}`, { headers, json })).status, 200)
  t.is((await browser.get(PROFILE)).status, 302)
  t.is((await script.get(POSTS, { headers: password })).status, 200)
  t.is((await admin.get(PROFILE)).status, 200)
})

test.serial('Strapi’s log contains no secret', async t => {
  const password = await makePassword(admin)
  await script.get(POSTS, { headers: basic('admin', password) })
  const { access_token } = await connectApp(strapi, admin, await registerApp())
  t.regex(strapi.output(), /POST \/oauth2\/token/)
  for (const secret of [password, password.replaceAll(' ', ''), access_token]) t.false(strapi.output().includes(secret))
})

test.serial('in production it runs behind a TLS-terminating proxy', async t => {
  t.timeout(120_000)
  const password = basic('admin', await makePassword(admin))
  await strapi.restart({ NODE_ENV: 'production', SITE_URL: 'https://strapi.example' })
  const throughProxy = { 'x-forwarded-proto': 'https', host: 'strapi.example' }
  t.is((await script.get(POSTS, { headers: { ...password, ...throughProxy } })).status, 200)
  const past = await script.get(POSTS, { headers: password })
  t.deepEqual(refusal(past), FORBIDDEN, 'by plain http the password is not looked at, and nobody may read')

  const form = { identifier: 'admin', password: ADMIN_PASSWORD }
  const request = { form, headers: { ...throughProxy, 'sec-fetch-site': 'same-origin' } }
  const next = encodeURIComponent(`https://strapi.example${PROFILE}`)
  const loggedIn = await new Client(strapi.url).send('POST', `/auth/local?next=${next}`, request)
  t.is(loggedIn.headers.get('location'), `https://strapi.example${PROFILE}`)
  for (const cookie of loggedIn.headers.getSetCookie()) t.regex(cookie, /; secure/i)
})

test.serial('a route that Strapi makes public also accepts requests with our credentials', async t => {
  t.timeout(120_000)
  await edit(
    'src/api/post/routes/post.js',
    "'api::post.post')",
    "'api::post.post', { config: { find: { auth: false } } })",
  )
  await strapi.restart()
  const headers = basic('admin', await makePassword(admin))
  for (const request of [{}, { headers }]) {
    t.is((await script.get(`${POSTS}?populate=author`, request)).status, 200)
  }
})

/** Of Strapi's own administrators, who are others than its users. @returns a JWT */
async function logInToAdminPanel(): Promise<string> {
  const email = 'owner@example.com'
  const password = 'Correct-horse-1'
  const owner = { firstname: 'Olga', lastname: 'Owner', email, password }
  await script.send('POST', '/admin/register-admin', { json: owner })
  const { json, text } = await script.send('POST', '/admin/login', { json: { email, password } })
  if (!json?.data?.token) throw new Error(`no token of the admin panel: ${text}`)
  return json.data.token
}

async function edit(path: string, from: string | RegExp, to: string): Promise<void> {
  const file = join(strapi.folder, path)
  const text = await readFile(file, 'utf8')
  const edited = text.replace(from, to)
  if (edited === text) throw new Error(`${path} has no ${from}`)
  await writeFile(file, edited)
}
