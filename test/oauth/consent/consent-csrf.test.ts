import test, { type ExecutionContext } from 'ava'
import { type Answer, Client, formFields, type Request } from '../../support/client.ts'
import { checkPage, codeOf } from '../../support/hostile.ts'
import { type App, authorizeUrl, createApp, openConsent, redeem } from '../../support/oauth.ts'
import { PASSWORD, startSite, type TestSite } from '../../support/site.ts'

/** A user before the consent page, with all that its form holds but the button. */
async function before(user: Client, app: App, query: Record<string, string> = {}) {
  const { path, page } = await openConsent(user, authorizeUrl(app, query))
  const fields = formFields(page.text, 'name="_wpnonce"')
  return { user, path, page, fields }
}

const approve = (user: Client, path: string, fields: Record<string, string>, more: Request = {}) =>
  user.send('POST', path, { form: { ...fields, approve: 'approve' }, ...more })

/** Another browser with the cookies of this one, as far as they are named. */
function copyOf({ url, cookies }: Client, ...names: string[]): Client {
  const copy = new Client(url)
  for (const [name, value] of cookies) if (names.some(each => name.startsWith(each))) copy.cookies.set(name, value)
  return copy
}

const grantsIn = (site: TestSite): Promise<{ user_id: string; scope: string; site_id: string }[]> =>
  site.knex('connect_oauth_grants').select()

test('only the form that was shown to this user at this browser for this request authorizes', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const owner = await site.client('admin')
  const sam = await before(await site.client('sam'), app)
  const other = await before(owner, app)
  const profile = formFields((await owner.get('/wp-admin/profile.php')).text, 'id="do_new_application_password"')
  const { path, fields } = await before(owner, app)
  const elsewhere = await site.client('admin')
  for (const [name, value] of owner.cookies) if (/consent/.test(name)) elsewhere.cookies.set(name, value)
  const good = { ...fields, approve: 'approve' }
  const text = new URLSearchParams(good).toString()
  const multipart = Object.entries(good)
    .map(([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`)
    .join('')
  const forged: [what: string, by: Client, request: Request, code: string][] = [
    ['no token', owner, { form: { ...good, _wpnonce: '' } }, 'invalid_form_token'],
    ['a guess', owner, { form: { ...good, _wpnonce: 'x'.repeat(22) } }, 'invalid_form_token'],
    ['the token of another user', owner, { form: { ...good, ...sam.fields } }, 'invalid_form_token'],
    ['the token of another request', owner, { form: { ...good, ...other.fields } }, 'invalid_form_token'],
    ['the token of another page', owner, { form: { ...good, _wpnonce: profile._wpnonce ?? '' } }, 'invalid_form_token'],
    ['the token of another browser', elsewhere, { form: good }, 'invalid_form_token'],
    ['the token in the address', owner, { form: { approve: 'approve' } }, 'invalid_form_token'],
    ['JSON', owner, { json: good }, 'invalid_form_token'],
    ['text', owner, { body: text, headers: { 'content-type': 'text/plain' } }, 'invalid_form_token'],
    [
      'multipart',
      owner,
      { body: multipart, headers: { 'content-type': 'multipart/form-data; boundary=b' } },
      'invalid_form_token',
    ],
    [
      'by a page of another site',
      owner,
      { form: good, headers: { 'sec-fetch-site': 'cross-site' } },
      'cross_site_request',
    ],
    [
      'by a page of a subdomain',
      owner,
      { form: good, headers: { 'sec-fetch-site': 'same-site' } },
      'cross_site_request',
    ],
    ['by another origin', owner, { form: good, headers: { origin: 'https://evil.example' } }, 'cross_site_request'],
    ['by another port', owner, { form: good, headers: { origin: 'http://localhost:1' } }, 'cross_site_request'],
    ['64 KB', owner, { form: { ...good, x: 'x'.repeat(65_536) } }, 'body_too_large'],
  ]
  for (const [what, by, request, code] of forged) {
    const address = what.includes('address') ? `${path}?${text}` : path
    const answer = await by.send('POST', address, request)
    t.deepEqual([codeOf(answer), answer.headers.get('location')], [code, null], what)
    checkPage(t, answer, what)
  }
  t.is((await owner.get(`${path}?${text}`)).status, 200, 'a link authorizes nothing')
  t.deepEqual(await grantsIn(site), [])
  t.is((await approve(owner, path, fields)).status, 303, 'while the form itself does')
  t.is((await grantsIn(site)).length, 1)
})

test('if the user has changed meanwhile, the form is invalid, and the new user is asked', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const browser = await site.client('admin')
  const { path, fields } = await before(browser, app)
  await browser.login('sam', PASSWORD)
  t.is(codeOf(await approve(browser, path, fields)), 'invalid_form_token')
  const shown = await browser.get(path)
  t.true(shown.text.includes('sam@example.com'))
  t.false(shown.text.includes('admin@example.com'))
  browser.cookies.delete('koa_wp_connect_session')
  for (const answer of [await browser.get(path), await approve(browser, path, fields)]) {
    t.is(answer.status, 302)
    t.regex(answer.headers.get('location') ?? '', /^\/wp-login\.php\?redirect_to=/)
  }
  t.deepEqual(await grantsIn(site), [])
})

test('a site that is not one of the user’s is rejected, and the page asks again', async t => {
  const site = await startSite(t, { SITES: '[{"id":7,"name":"Shop","url":"https://shop.example"}]' })
  const { user, path, fields } = await before(await site.client('sam'), await createApp(site), { blog: '99' })
  for (const blog of [
    '',
    '99',
    '2',
    '-1',
    '01',
    ' 1',
    '1 ',
    '1\0',
    '1.0',
    '0x1',
    '__proto__',
    'all',
    site.url,
    '7,1',
  ]) {
    const answer = await approve(user, path, { ...fields, blog })
    t.deepEqual([answer.status, answer.headers.get('location')], [400, null], JSON.stringify(blog))
    t.true(answer.text.includes('Choose one of your sites'))
  }
  const twice = `${new URLSearchParams({ ...fields, approve: 'y' })}&blog=7&blog=99`
  t.is((await user.send('POST', path, { form: twice })).status, 400)
  t.deepEqual(await grantsIn(site), [])
})

test('other fields of the form change nothing', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const other = await createApp(site, { redirectUris: ['https://evil.example/'] })
  const { user, path, fields } = await before(await site.client('sam'), app, { scope: 'posts' })
  const tampered = {
    ...fields,
    scope: 'global',
    scopes: 'posts media',
    access: 'all',
    client_id: other.id,
    redirect_uri: other.redirectUri,
    response_type: 'token',
    resource: site.url,
    state: 'planted',
    uid: 'x',
    user: '1',
    user_id: '1',
    accountId: '1',
    grant_id: 'x',
    __proto__: 'x',
  }
  const answer = await approve(user, path, tampered)
  const back = new URL((await user.get(answer.headers.get('location') ?? '')).headers.get('location') ?? '')
  t.is(back.origin + back.pathname, app.redirectUri)
  t.is(back.searchParams.get('state'), 'xyz')
  const { json } = await redeem(site, app, back.searchParams.get('code') ?? '')
  t.is(json.scope, 'posts')
  t.like((await grantsIn(site))[0], { user_id: '3', scope: 'posts', site_id: '1', client_id: app.id })
})

/** What a browser gets that comes for the application's answer. */
const comeBack = async (browser: Client, resumeUrl: string): Promise<Answer> => browser.get(resumeUrl)

async function nothingFor(t: ExecutionContext, answer: Answer, what: string): Promise<void> {
  t.deepEqual([answer.status, answer.headers.get('location')], [400, null], what)
  checkPage(t, answer, what)
}

test('a request works only in the browser that started it', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  const { user, path, fields } = await before(await site.client('sam'), app)
  const elsewhere = await site.client('sam')
  await nothingFor(t, await elsewhere.get(path), 'the same user, another browser')
  await nothingFor(t, await (await site.client('admin')).get(path), 'another user')
  t.is((await (await site.client()).get(path)).status, 302, 'nobody')
  await nothingFor(t, await copyOf(user, 'koa_wp_connect_session', 'koa_wp_connect=').get(path), 'without its cookie')

  const unsigned = copyOf(user, '')
  unsigned.cookies.delete('koa_wp_connect_consent.sig')
  await nothingFor(t, await unsigned.get(path), 'a cookie without signature')
  const own = await before(elsewhere, app)
  const mixed = copyOf(elsewhere, '')
  mixed.cookies.set('koa_wp_connect_consent', user.cookies.get('koa_wp_connect_consent') ?? '')
  await nothingFor(t, await mixed.get(path), 'the signature of another request')
  await nothingFor(t, await elsewhere.get(path), 'the cookie of another request')
  t.is((await elsewhere.get(own.path)).status, 200)

  const resumeUrl = (await approve(user, path, fields)).headers.get('location') ?? ''
  await nothingFor(t, await comeBack(await site.client('sam'), resumeUrl), 'the answer, in another browser')
  await nothingFor(t, await comeBack(await site.client(), resumeUrl), 'the answer, for nobody')
  const forged = copyOf(elsewhere, '')
  forged.cookies.set('koa_wp_connect_resume', user.cookies.get('koa_wp_connect_resume') ?? '')
  await nothingFor(t, await comeBack(forged, resumeUrl), 'the answer, with the signature of another request')
  t.is((await comeBack(user, resumeUrl)).status, 303)
})

test('a planted consent cookie does not let an attacker receive the grant', async t => {
  const site = await startSite(t)
  const app = await createApp(site)
  for (const login of [undefined, 'sam'] as const) {
    const thief = await site.client(login)
    // Where the site keeps requests of people only, the thief has an account too.
    const { path } = await openConsent(thief, authorizeUrl(app))
    if (!path.startsWith('/oauth2/consent/')) continue
    const victim = await site.client('admin')
    for (const [name, value] of copyOf(thief, 'koa_wp_connect_consent').cookies) victim.cookies.set(name, value)
    const page = await victim.get(path)
    const fields: Record<string, string> = page.status === 200 ? formFields(page.text, 'name="_wpnonce"') : {}
    const answer = await approve(victim, path, fields)
    const resumeUrl = answer.headers.get('location') ?? path.replace('consent', 'authorize')
    // oidc-provider goes by the cookie, whatever the address says.
    for (const address of ['/oauth2/authorize/x', resumeUrl.replace(/\/[^/]*$/, '/%20'), resumeUrl]) {
      const back = await comeBack(thief, address)
      t.notRegex(back.headers.get('location') ?? '', /code=/, `${login ?? 'nobody'} at ${address}`)
    }
  }
})
