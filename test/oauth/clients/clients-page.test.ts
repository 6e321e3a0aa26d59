import test, { type ExecutionContext } from 'ava'
import { embeddedUsers, type Users } from '../../../src/index.ts'
import { Client, formFields } from '../../support/client.ts'
import {
  type App,
  authorizeUrl,
  bearer,
  CALLBACK,
  connectApp,
  createApp,
  openConsent,
  refresh,
} from '../../support/oauth.ts'
import { rebuild } from '../../support/rebuild.ts'
import { startSite, type TestSite } from '../../support/site.ts'
import { together } from '../../support/together.ts'

const REJECTED = /<div class="notice notice-error" role="alert"[^>]*><p>([^<]*)<\/p>/
const NOTICE = /<div class="notice notice-success" role="alert"[^>]*><p>([^<]*)<\/p>/
const inputValue = (html: string, id: string) => new RegExp(`id="${id}"[^>]*value="([^"]*)"`, 's').exec(html)?.[1] ?? ''
const tokenOn = async (client: Client, path: string) => formFields((await client.get(path)).text, 'name="_wpnonce"')

/** Fills in the form of a new application, and sends it. */
async function create(client: Client, fields: Record<string, string>) {
  const form = {
    ...(await tokenOn(client, '/apps/new')),
    name: 'Shop',
    redirect_uris: CALLBACK,
    type: 'web',
    ...fields,
  }
  // A box that is not ticked is not sent.
  return client.send('POST', '/apps/new', { form: withoutLegacy(form, fields) })
}

function withoutLegacy(form: Record<string, string>, fields: Record<string, string>): Record<string, string> {
  const { legacy: _legacy, ...others } = form
  return { ...others, ...('legacy' in fields && { legacy: '1' }) }
}

async function change(client: Client, id: string, fields: Record<string, string>) {
  const { _wpnonce = '' } = await tokenOn(client, `/apps/${id}`)
  const form = { _wpnonce, name: 'Shop', redirect_uris: CALLBACK, ...fields }
  return client.send('POST', `/apps/${id}`, { form })
}

const follow = async (client: Client, { headers }: { headers: Headers }) =>
  (await client.get(headers.get('location') ?? '/no-location')).text

const clientsOf = async (site: TestSite) => (await site.connect.oauth?.clients.list()) ?? []
const seesPosts = async (site: TestSite, token: string) =>
  (await (await site.client()).get('/api/posts', { headers: bearer(token) })).status

test('an application’s whole life, with forms', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  t.regex((await owner.get('/wp-admin/profile.php')).text, /<a href="\/apps">Applications<\/a>/)
  t.regex((await owner.get('/apps')).text, /There are no applications yet\./)

  const created = await create(owner, { website: 'https://shop.example', description: 'Sells\r\nthings' })
  t.is(created.status, 200)
  t.is(created.headers.get('cache-control'), 'no-store')
  const id = inputValue(created.text, 'new-client-id')
  const secret = inputValue(created.text, 'new-client-secret')
  t.regex(id, /^\d{12}$/)
  t.regex(secret, /^[\w-]{43}$/)
  t.regex(created.text, /data-copy="new-client-secret"[^>]* hidden>Copy</)
  t.true(created.text.includes(`${site.url}/oauth2/authorize`))
  t.true(created.text.includes(`${site.url}/oauth2/token`))
  t.like((await clientsOf(site))[0], {
    clientId: id,
    name: 'Shop',
    description: 'Sells\nthings',
    website: 'https://shop.example',
    redirectUris: [CALLBACK],
    type: 'web',
    legacy: false,
    selfRegistered: false,
  })

  const app: App = { id, secret, redirectUri: CALLBACK }
  const ofOwner = await connectApp(site, owner, app)
  const ofSam = await connectApp(site, await site.client('sam'), app)

  const twoAddresses = { redirect_uris: `\r\n ${CALLBACK} \r\n\r\nhttps://app.example/other\r\n` }
  const changed = await change(owner, id, { name: 'Shop 2', type: 'native', ...twoAddresses })
  t.is(changed.status, 303)
  t.is(NOTICE.exec(await follow(owner, changed))?.[1], 'Changes saved.')
  t.like((await clientsOf(site))[0], {
    name: 'Shop 2',
    description: '',
    redirectUris: [CALLBACK, 'https://app.example/other'],
    type: 'web',
  })
  t.is((await owner.get('/apps')).text.match(/<bdi>Shop 2<\/bdi>/g)?.length, 1)
  const refreshed = await refresh(site, app, ofSam.refresh_token)
  t.is(refreshed.status, 200, 'what users granted stays, and so does the secret')

  const rotated = await owner.send('POST', `/apps/${id}/rotate-secret`, {
    form: await tokenOn(owner, `/apps/${id}/rotate-secret`),
  })
  t.is(rotated.status, 200)
  const newSecret = inputValue(rotated.text, 'new-client-secret')
  t.regex(newSecret, /^[\w-]{43}$/)
  t.not(newSecret, secret)
  t.is((await refresh(site, app, refreshed.json.refresh_token)).status, 401)
  const again = await refresh(site, { ...app, secret: newSecret }, refreshed.json.refresh_token)
  t.is(again.status, 200)

  t.is(await seesPosts(site, ofOwner.access_token), 200)
  t.is(await seesPosts(site, again.json.access_token), 200)
  const question = await owner.get(`/apps/${id}/delete`)
  t.regex(question.text, /All of its connections end immediately/)
  t.is((await clientsOf(site)).length, 1, 'asking changes nothing')
  const deleted = await owner.send('POST', `/apps/${id}/delete`, { form: formFields(question.text, 'name="_wpnonce"') })
  t.is(deleted.status, 303)
  t.is(NOTICE.exec(await follow(owner, deleted))?.[1], 'Application deleted. Its connections have ended.')
  t.is(await seesPosts(site, ofOwner.access_token), 401)
  t.is(await seesPosts(site, again.json.access_token), 401)
  t.is((await refresh(site, { ...app, secret: newSecret }, again.json.refresh_token)).status, 401)
  t.regex((await owner.get('/me/security/connected-apps')).text, /You haven’t connected any apps yet\./)
  t.is((await owner.get(`/apps/${id}`)).status, 404)
})

test('a secret is shown only once', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { text } = await create(owner, {})
  const [id, secret] = [inputValue(text, 'new-client-id'), inputValue(text, 'new-client-secret')]
  const { secret_hash } = await site.knex('connect_oauth_clients').where('client_id', id).first()
  for (const path of ['/apps', `/apps/${id}`, `/apps/${id}?notice=created`, `/apps/${id}/rotate-secret`]) {
    const page = (await owner.get(path)).text
    t.false(page.includes(secret), path)
    t.false(page.includes(secret_hash), path)
    t.false(page.includes('new-client-secret'), path)
  }
  t.false(text.includes(secret_hash))
})

test('a native application has no secret, unless it is a legacy one', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const created = await create(owner, { type: 'native', redirect_uris: 'my.app:/callback' })
  t.is(created.status, 303)
  const page = await follow(owner, created)
  t.is(NOTICE.exec(page)?.[1], 'Application created.')
  t.regex(page, /None. This type of application has no secret/)
  t.notRegex(page, /rotate-secret|name="legacy"/)
  const [native] = await clientsOf(site)
  const id = native?.clientId ?? ''
  const asked = await owner.get(`/apps/${id}/rotate-secret`)
  t.is(asked.status, 400)
  t.regex(asked.text, /client_has_no_secret/)
  const becomesLegacy = await change(owner, id, { redirect_uris: 'my.app:/callback', legacy: '1' })
  t.is(becomesLegacy.status, 400)
  t.regex(REJECTED.exec(becomesLegacy.text)?.[1] ?? '', /Create a new client/)

  const legacy = await create(owner, { type: 'native', legacy: '1' })
  t.regex(inputValue(legacy.text, 'new-client-secret'), /^[\w-]{43}$/)
  t.regex(legacy.text, /name="legacy"[^>]* checked/)
  const list = (await owner.get('/apps')).text
  t.is(list.match(/<span>Legacy<\/span>/g)?.length, 1)
  t.is(list.match(/<span>Native<\/span>/g)?.length, 2)
})

test('a self-registered application is marked as such', async t => {
  const site = await startSite(t, { OAUTH_REGISTRATION: 'on' })
  const owner = await site.client('admin')
  const json = { redirect_uris: [CALLBACK], client_name: 'Agent', token_endpoint_auth_method: 'none' }
  const { json: registered } = await owner.send('POST', '/oauth2/register', { json })
  t.regex((await owner.get('/apps')).text, /<span>Registered itself<\/span>/)
  const page = (await owner.get(`/apps/${registered.client_id}`)).text
  t.regex(page, /This application registered itself/)
  t.regex(page, /None. This type of application has no secret/)
})

/** Every page and form of applications, as [method, path]. */
const everything = (id: string): [string, string][] =>
  ['/apps', '/apps/new', `/apps/${id}`, `/apps/${id}/rotate-secret`, `/apps/${id}/delete`].flatMap(
    (path): [string, string][] => [['GET', path], ...(path === '/apps' ? [] : [['POST', path] as [string, string]])],
  )

test('visitors are sent to log in, and users without permission get nowhere', async t => {
  const site = await startSite(t)
  const { id } = await createApp(site)
  const nobody = await site.client()
  for (const [method, path] of everything(id)) {
    const { status, headers } = await nobody.send(method, path)
    t.is(status, 302, path)
    t.regex(headers.get('location') ?? '', /^\/wp-login\.php\?redirect_to=/)
  }
  const [editor, sam] = await Promise.all([site.client('ed'), site.client('sam')])
  for (const user of [editor, sam]) {
    for (const [method, path] of everything(id)) {
      const { status, text } = await user.send(method, path, method === 'POST' ? { form: { name: 'x' } } : {})
      t.is(status, 403, path)
      t.regex(text, /not_allowed/)
    }
    t.notRegex((await user.get('/wp-admin/profile.php')).text, /href="\/apps"/)
  }

  // The host's own word counts.
  Object.assign(site.connect.users, { canManageClients: async (user: { login: string }) => user.login === 'ed' })
  t.is((await create(editor, { name: 'By Ed' })).status, 200)
  t.regex((await editor.get('/wp-admin/profile.php')).text, /href="\/apps"/)
  t.is((await (await site.client('admin')).get('/apps')).status, 403)
  t.deepEqual((await clientsOf(site)).map(({ name }) => name).sort(), ['By Ed', 'Shop'])
})

test('a form works only for its own action, application, user and browser, and not from another site', async t => {
  const site = await startSite(t)
  const [one, two] = [await createApp(site, { name: 'One' }), await createApp(site, { name: 'Two' })]
  const owner = await site.client('admin')
  const paths = ['/apps/new', `/apps/${one.id}`, `/apps/${one.id}/rotate-secret`, `/apps/${one.id}/delete`]
  const details = { name: 'Changed', redirect_uris: CALLBACK, type: 'web' }
  const before = await site.knex('connect_oauth_clients').orderBy('client_id')
  const refused = async (path: string, _wpnonce: string | undefined, code: string, headers = {}) => {
    const form = { ...details, ...(_wpnonce !== undefined && { _wpnonce }) }
    const { status, text } = await owner.send('POST', path, { form, headers })
    t.is(status, 403, path)
    t.true(text.includes(code), path)
  }

  const otherBrowser = await site.client('admin')
  for (const path of paths) {
    const { _wpnonce = '' } = await tokenOn(owner, path)
    t.not(_wpnonce, '')
    for (const other of paths) if (other !== path) await refused(other, _wpnonce, 'invalid_form_token')
    if (path !== '/apps/new') await refused(path.replace(one.id, two.id), _wpnonce, 'invalid_form_token')
    await refused(path, undefined, 'invalid_form_token')
    await refused(path, (await tokenOn(otherBrowser, path))._wpnonce, 'invalid_form_token')
    for (const from of ['cross-site', 'same-site'])
      await refused(path, _wpnonce, 'cross_site_request', { 'sec-fetch-site': from })
    await refused(path, _wpnonce, 'cross_site_request', { origin: 'https://evil.example' })
  }
  t.deepEqual(await site.knex('connect_oauth_clients').orderBy('client_id'), before)
})

const BAD_ADDRESSES: [string, RegExp][] = [
  ['http://app.example/callback', /must begin with https:\/\//],
  ['app.example/callback', /must be a complete address/],
  ['/callback', /must be a complete address/],
  ['https://app.example/#part', /must not contain a fragment/],
  ['https://*.example/callback', /must not contain a wildcard/],
  ['https://user@app.example/', /must not contain a username or password/],
  ['https://app.example/a b', /must not contain white space/],
  ['https://app.example\\@evil.example/', /must not contain white space, backslashes/],
  ['javascript:alert(1)', /must not use javascript:/],
  ['data:text/html,x', /must not use data:/],
  ['my.app:/callback', /Only native applications can have their own scheme/],
  [`https://app.example/${'x'.repeat(1000)}`, /Use at most 1000 characters/],
]

async function isRefused(t: ExecutionContext, site: TestSite, fields: Record<string, string>, reason: RegExp) {
  const owner = await site.client('admin')
  const { status, text } = await create(owner, { name: 'Kept name', ...fields })
  const about = JSON.stringify(fields).slice(0, 80)
  t.is(status, 400, about)
  t.regex(REJECTED.exec(text)?.[1] ?? '', reason, about)
  if (!('name' in fields)) t.is(inputValue(text, 'name'), 'Kept name', about)
  t.is((await clientsOf(site)).length, 0, about)
  return text
}

test('a bad redirect URI is rejected with the reason, and the typed values are kept', async t => {
  const site = await startSite(t)
  for (const [address, reason] of BAD_ADDRESSES) {
    const text = await isRefused(t, site, { redirect_uris: `${CALLBACK}\r\n${address}`, legacy: '1' }, reason)
    t.regex(text, /name="redirect_uris"[^>]* aria-invalid="true"/)
    t.true(text.includes(`${CALLBACK}\r\n${address.replace('\\', '&#92;')}</textarea>`), address)
    t.regex(text, /name="legacy"[^>]* checked/)
  }
  await isRefused(t, site, { redirect_uris: ' \r\n' }, /Enter a redirect address/)
  const many = Array.from({ length: 21 }, (_, n) => `https://app.example/${n}`).join('\r\n')
  await isRefused(t, site, { redirect_uris: many }, /at most 20 redirect addresses/)
  const native = await isRefused(t, site, { redirect_uris: 'my.app:x', type: 'native' }, /must have a path/)
  t.regex(native, /value="native" checked/)
})

test('other errors are shown too, for a new application and for a changed one', async t => {
  const site = await startSite(t)
  const bad: [Record<string, string>, RegExp][] = [
    [{ name: ' ' }, /The name must have/],
    [{ name: 'x'.repeat(201) }, /The name must have/],
    [{ name: 'a\u202Eb' }, /The name must have/],
    [{ website: 'javascript:alert(1)' }, /The website must be/],
    [{ description: 'x'.repeat(1001) }, /The description must have/],
  ]
  for (const [fields, reason] of bad) await isRefused(t, site, fields, reason)

  const owner = await site.client('admin')
  const { id } = await createApp(site)
  for (const [fields, reason] of bad) {
    const { status, text } = await change(owner, id, fields)
    t.is(status, 400)
    t.regex(REJECTED.exec(text)?.[1] ?? '', reason)
    t.regex(text, /<h1><bdi>Shop<\/bdi><\/h1>/)
  }
  t.like((await clientsOf(site))[0], { name: 'Shop', website: '', description: '' })
})

test('markup in a name is shown as text, however it got there', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { id } = await createApp(site)
  const hostile = '"></textarea></title><script>alert(1)</script>{{7*7}}'
  const columns = { name: hostile, description: `\n${hostile}`, website: hostile }
  await site
    .knex('connect_oauth_clients')
    .where('client_id', id)
    .update({ ...columns, redirect_uris: JSON.stringify([hostile]) })
  for (const path of ['/apps', `/apps/${id}`, `/apps/${id}/rotate-secret`, `/apps/${id}/delete`]) {
    const { status, text } = await owner.get(path)
    t.is(status, 200, path)
    t.notRegex(text, /<script>/, path)
    t.true(text.includes('&lt;script&gt;alert(1)&lt;/script&gt;{{7*7}}'), path)
  }
  const typed = await change(owner, id, { name: hostile, redirect_uris: hostile })
  t.is(typed.status, 400)
  t.notRegex(typed.text, /<script>/)
})

test('other methods get 405, unknown applications 404, and notices come from a fixed list', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { id } = await createApp(site)
  for (const [path, allow] of [
    ['/apps', 'GET, HEAD'],
    ['/apps/new', 'GET, HEAD, POST'],
    [`/apps/${id}`, 'GET, HEAD, POST'],
    [`/apps/${id}/rotate-secret`, 'GET, HEAD, POST'],
    [`/apps/${id}/delete`, 'GET, HEAD, POST'],
  ] as const) {
    const { status, headers } = await owner.send('DELETE', path)
    t.is(status, 405, path)
    t.is(headers.get('allow'), allow)
  }
  for (const path of ['/apps/1', '/apps/x', '/apps/1/rotate-secret', '/apps/%3Cscript%3E/delete'])
    t.is((await owner.get(path)).status, 404, path)
  for (const notice of ['<script>', 'constructor', '__proto__']) {
    for (const path of ['/apps', `/apps/${id}`])
      t.notRegex((await owner.get(`${path}?notice=${encodeURIComponent(notice)}`)).text, /role="alert"/)
  }
})

test('no secret is sent over plain http', async t => {
  const site = await startSite(t, { WP_ENVIRONMENT_TYPE: 'production' })
  const owner = await site.client('admin')
  for (const [method, path] of everything('1')) {
    const { status, text } = await owner.send(method, path)
    t.is(status, 501, path)
    t.regex(text, /https_required/)
  }
})

/** Everyone may register applications; administrators manage everyone's. */
const canManageClients: Users['canManageClients'] = ({ roles }) => roles?.includes('administrator') || 'own'

test('a user who manages their own applications sees, changes and deletes no others', async t => {
  const site = await startSite(t)
  const connect = await rebuild(site, { users: parts => ({ ...embeddedUsers()(parts), canManageClients }) })
  const [owner, ed, sam] = await Promise.all([site.client('admin'), site.client('ed'), site.client('sam')])
  const id = inputValue((await create(sam, { name: 'Of Sam' })).text, 'new-client-id')
  const { _wpnonce = '' } = await tokenOn(sam, `/apps/${id}/delete`)
  t.regex((await sam.get('/apps')).text, /Of Sam/)
  t.notRegex((await ed.get('/apps')).text, /Of Sam/)
  for (const below of ['', '/rotate-secret', '/delete']) {
    const page = `/apps/${id}${below}`
    t.is((await sam.get(page)).status, 200, page)
    t.deepEqual([(await ed.get(page)).status, (await ed.send('POST', page, { form: { _wpnonce } })).status], [404, 404])
  }
  t.is((await change(sam, id, { name: 'Sam’s' })).status, 303)

  const all = (await owner.get('/apps')).text
  t.regex(all, /Sam’s.*Registered by: <bdi>sam<\/bdi>/s)
  t.is((await change(owner, id, { name: 'Checked' })).status, 303)
  t.is((await connect.oauth?.clients.get(id))?.ownerId, '3', 'the owner stays')
})

test('an application whose owner is deleted stays, as the site’s own', async t => {
  const site = await startSite(t)
  const users = (parts: Parameters<ReturnType<typeof embeddedUsers>>[0]) => ({
    ...embeddedUsers()(parts),
    canManageClients,
  })
  const connect = await rebuild(site, { users })
  const [owner, sam] = await Promise.all([site.client('admin'), site.client('sam')])
  const made = (await create(sam, {})).text
  const id = inputValue(made, 'new-client-id')
  const app: App = { id, secret: inputValue(made, 'new-client-secret'), redirectUri: CALLBACK }
  const { access_token } = await connectApp(site, owner, app)
  const me = { headers: bearer(access_token) }
  await connect.userDeleted(3)
  t.is((await clientsOf(site))[0]?.ownerId, null)
  t.is((await owner.get('/rest/v1.1/me', me)).status, 200)
  t.regex((await owner.get(`/apps/${id}`)).text, /Registered by<\/dt>\s*<dd>Test Site itself/)
})

test('the consent page marks the application of a user who manages only their own, after their deletion too', async t => {
  const site = await startSite(t)
  const users = (parts: Parameters<ReturnType<typeof embeddedUsers>>[0]) => ({
    ...embeddedUsers()(parts),
    canManageClients,
  })
  const connect = await rebuild(site, { users })
  const ed = await site.client('ed')
  const clients = connect.oauth?.clients
  const register = async (details: object, user?: { id: string | number }) =>
    (await clients?.create({ name: 'Shop', redirectUris: [CALLBACK], ...details }, user))?.client.clientId ?? ''
  const page = inputValue((await create(await site.client('sam'), {})).text, 'new-client-id')
  const ids = {
    page,
    code: await register({}, { id: 3 }),
    manager: await register({}, { id: 1 }),
    site: await register({}),
  }
  const marks = async () => {
    const marked: Record<string, boolean> = {}
    for (const [name, id] of Object.entries(ids)) {
      const { page } = await openConsent(ed, authorizeUrl({ id, secret: null, redirectUri: CALLBACK }))
      t.is(page.status, 200)
      t.false(page.text.includes('registered itself'), name)
      marked[name] = page.text.includes('A user of Test Site registered this application.')
    }
    return marked
  }
  const expected = { page: true, code: true, manager: false, site: false }
  t.deepEqual(await marks(), expected)
  for (const id of [3, 1]) await connect.userDeleted(id)
  t.deepEqual(await marks(), expected)
  t.is((await clients?.get(ids.page))?.ownerId, null)
  t.false('unverified' in ((await clients?.get(ids.page)) ?? {}), 'the column is no part of the public interface')
})

test('an application is not created for an owner who is deleted after the page was opened', async t => {
  const site = await startSite(t)
  const deleteSam = async () => {
    await site.accounts.delete('3')
    return true
  }
  let isDeleting = false
  await rebuild(site, {
    users: parts => ({ ...embeddedUsers()(parts), canManageClients: () => (isDeleting ? deleteSam() : 'own') }),
  })
  const sam = await site.client('sam')
  const form = { ...(await tokenOn(sam, '/apps/new')), name: 'Shop', redirect_uris: CALLBACK, type: 'web' }
  isDeleting = true
  t.is((await sam.send('POST', '/apps/new', { form })).status, 409)
  t.deepEqual(await clientsOf(site), [])
})

test('a user who manages their own applications registers 100 at most, even with concurrent requests', async t => {
  const site = await startSite(t)
  const connect = await rebuild(site, {
    users: parts => ({ ...embeddedUsers()(parts), canManageClients: () => 'own' }),
  })
  const sam = await site.client('sam')
  for (let i = 0; i < 98; i++) await connect.oauth?.clients.create({ name: 'x', redirectUris: [CALLBACK] }, { id: 3 })
  const forms: Record<string, string>[] = []
  for (let i = 0; i < 5; i++) {
    const form = { ...(await tokenOn(sam, '/apps/new')), name: `App ${i}`, redirect_uris: CALLBACK, type: 'web' }
    forms.push(withoutLegacy(form, {}))
  }
  const unsent = [...forms]
  const answers = await together(site.server, 5, () => sam.send('POST', '/apps/new', { form: unsent.pop() ?? {} }))
  t.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 400, 400, 400])
  for (const { status, text } of answers) {
    if (status === 400) t.regex(REJECTED.exec(text)?.[1] ?? '', /You have registered 100 applications/)
  }
  const made = await clientsOf(site)
  t.is(made.length, 100)
  const again = forms.find(({ name }) => made.some(client => client.name === name)) ?? {}
  t.is((await sam.send('POST', '/apps/new', { form: again })).status, 409, 'a form that is sent again is told so')
})

test('the page says what to enter in an application, and how many users have authorized it', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const app = await createApp(site)
  for (const login of ['ed', 'sam', 'sam']) await connectApp(site, await site.client(login), app)
  for (const page of ['/apps', `/apps/${app.id}`]) {
    const { text } = await owner.get(page)
    t.regex(text, /<code dir="ltr">posts<\/code> – View and manage posts/, page)
    for (const path of ['/oauth2/authorize', '/oauth2/token', '/.well-known/oauth-authorization-server'])
      t.true(text.includes(`<code dir="ltr">${site.url}${path}</code>`), path)
    t.regex(text, /2 users authorized it/, page)
  }
})

test('the page can be moved, and /apps then belongs to the host', async t => {
  const site = await startSite(t)
  const oauth = { scopes: { posts: 'View and manage posts' }, appsPath: '/developers/apps' }
  await rebuild(site, { oauth }, app =>
    app.use((ctx, next) => {
      if (ctx.path !== '/apps') return next()
      ctx.body = 'the host’s'
    }),
  )
  const owner = await site.client('admin')
  t.is((await owner.get('/apps')).text, 'the host’s')
  t.regex((await owner.get('/wp-admin/profile.php')).text, /<a href="\/developers\/apps">Applications<\/a>/)
  const page = (await owner.get('/developers/apps/new')).text
  const { legacy: _legacy, ...fields } = formFields(page, 'name="_wpnonce"')
  const form = { ...fields, name: 'Shop', redirect_uris: CALLBACK, type: 'native' }
  const made = await owner.send('POST', '/developers/apps/new', { form })
  t.regex(made.headers.get('location') ?? '', /^\/developers\/apps\/\d{12}\?notice=created$/)
  t.is((await owner.get(made.headers.get('location') ?? '')).status, 200)
})

test('a form sent again, twice at once, or to two processes registers one application', async t => {
  const site = await startSite(t)
  const second = await startSite(t, { DATABASE_URL: site.databaseUrl, SITE_URL: site.url })
  for (const type of ['web', 'native']) {
    const owner = await site.client('admin')
    const form = withoutLegacy(await tokenOn(owner, '/apps/new'), {})
    const fields = { ...form, name: `Once ${type}`, redirect_uris: CALLBACK, type }
    const there = new Client(second.url)
    for (const [name, value] of owner.cookies) there.cookies.set(name, value)
    const send = (client: Client) => client.send('POST', '/apps/new', { form: fields, headers: { origin: site.url } })
    const answers = await Promise.all([send(owner), send(there)])
    t.deepEqual(answers.map(({ status }) => status).sort(), [type === 'web' ? 200 : 303, 409])
    const again = await send(owner)
    t.is(again.status, 409)
    t.regex(again.text, /You already sent this form/)
    t.true(again.text.includes(`Once ${type}`))
    t.is((await clientsOf(site)).filter(({ name }) => name === `Once ${type}`).length, 1)
  }
})

test('a user cannot choose the ID of their application', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { once = '' } = await tokenOn(owner, '/apps/new')
  const chosen = `123456789012${once.slice(12)}`
  t.is((await create(owner, { once: chosen })).status, 403)
  t.deepEqual(await clientsOf(site), [])
  t.is((await create(owner, { once: '' })).status, 200, 'an older template has no such field')
})
