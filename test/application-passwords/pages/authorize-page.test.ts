import test from 'ava'
import { embeddedUsers } from '../../../src/index.ts'
import { APPLICATION_PASSWORDS, basic, type Client, formFields, ME } from '../../support/client.ts'
import { rebuild } from '../../support/rebuild.ts'
import { startSite } from '../../support/site.ts'

const PAGE = '/wp-admin/authorize-application.php'
const APP_ID = '00000000-0000-5000-8000-000000000001'
const CALLBACK = 'https://client.example/cb'

const ask = (client: Client, query: Record<string, string>) => client.get(`${PAGE}?${new URLSearchParams(query)}`)

async function answer(client: Client, query: Record<string, string>, choice: Record<string, string>) {
  const form = formFields((await ask(client, query)).text, 'name="app_id"')
  return client.send('POST', PAGE, { form: { ...form, ...choice } })
}

test('approve: the application gets the site URL, the login and a working password, in that order', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const query = { app_name: 'Demo', app_id: APP_ID, success_url: `${CALLBACK}?state=a%20b&password=mine#top` }
  const { status, headers, text } = await answer(owner, query, { approve: 'y' })
  t.is(status, 302)
  t.is(text, '')
  const location = headers.get('location') ?? ''
  const expected = `https://client.example/cb?state=a%20b&site_url=${encodeURIComponent(site.url)}&user_login=admin&password=`
  t.true(location.startsWith(expected), location)
  t.regex(location.slice(expected.length), /^[A-Za-z0-9]{24}#top$/)
  const password = location.slice(expected.length, -'#top'.length)
  t.is((await (await site.client()).get(ME, { headers: basic('admin', password) })).status, 200)
  const [item] = (await owner.rest('GET', APPLICATION_PASSWORDS)).json
  t.like(item, { name: 'Demo', app_id: APP_ID })
})

test('approve: the redirect may go to a private-use URI scheme', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { headers } = await answer(owner, { app_name: 'App', success_url: 'myapp://back' }, { approve: 'y' })
  t.regex(headers.get('location') ?? '', /^myapp:\/\/back\?site_url=http.*&user_login=admin&password=[A-Za-z0-9]{24}$/)
})

test('the page shows the full destination of a private-use URI scheme', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { text } = await ask(owner, { app_name: 'App', success_url: 'myapp://evil.example/back?x=1' })
  t.regex(text, /<strong><bdi>myapp:\/\/evil\.example\/back<\/bdi>/)
})

test('redirect URLs stay exactly as they were, with the arguments added before the fragment', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  for (const url of ['https://app.example/cb?close', 'https://app.example/cb?t=x%20y&u=a+b', 'myapp://cb?A&&b=#x=y']) {
    const [before, fragment = ''] = url.split(/(?=#)/)
    const query = { app_name: 'x', success_url: url }
    const to = async (choice: Record<string, string>) => (await answer(owner, query, choice)).headers.get('location')
    t.is(await to({ reject: 'n' }), `${before}&success=false${fragment}`)
    t.true((await to({ approve: 'y' }))?.startsWith(`${before}&site_url=`))
    const { headers } = await answer(owner, { ...query, reject_url: url }, { reject: 'n' })
    t.is(headers.get('location'), url)
  }
})

test('without a success URL the password is shown once', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { status, text, headers } = await answer(owner, { app_name: 'Desk' }, { approve: 'y' })
  t.is(status, 200)
  const password = /id="new-application-password-value"[^>]*value="([^"]*)"/s.exec(text)?.[1] ?? ''
  t.regex(password, /^[A-Za-z0-9]{4}( [A-Za-z0-9]{4}){5}$/)
  t.is(headers.get('cache-control'), 'no-store')
  t.is((await (await site.client()).get(ME, { headers: basic('admin', password) })).status, 200)
})

test('reject: redirects to the reject URL, to success=false, or to the dashboard; nothing is created', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const to = async (query: Record<string, string>) =>
    (await answer(owner, query, { reject: 'n' })).headers.get('location')
  t.is(
    await to({ app_name: 'x', success_url: CALLBACK, reject_url: 'https://client.example/no?y=2' }),
    'https://client.example/no?y=2',
  )
  t.is(await to({ app_name: 'x', success_url: `${CALLBACK}?x=1` }), `${CALLBACK}?x=1&success=false`)
  t.is(await to({ app_name: 'x' }), '/wp-admin/')
  t.is(await to({ success_url: CALLBACK }), `${CALLBACK}?success=false`)
  t.deepEqual((await owner.rest('GET', APPLICATION_PASSWORDS)).json, [])
})

test('the page shows the password’s destination, and nothing in the request runs as script', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { text } = await ask(owner, {
    app_name: '<script>alert(1)</script>"\'><img>',
    success_url: `${CALLBACK}?x="><script>`,
  })
  t.true(text.includes('client.example'))
  t.true(text.includes('password=[------]'))
  t.notRegex(text, /<script(?![^>]* src=)|<img/)
})

test('a name that is empty after sanitizing is asked for again on the page', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const { status, text } = await answer(
    owner,
    { app_name: 'x', success_url: CALLBACK },
    { approve: 'y', app_name: '<b></b>' },
  )
  t.is(status, 400)
  t.regex(text, /Enter a name for the application password/)
  t.true(text.includes('name="approve"'))
})

/** What opens a web address of somebody's choice, another server or a handler of the system. */
const ELSEWHERE = [
  'intent://evil.example/#Intent;scheme=http;end',
  'googlechrome://evil.example/',
  'x-safari-https://evil.example/',
  'ldap://evil.example/',
  'smb://evil.example/',
  'feed://evil.example/',
  'jar://evil.example/',
  'chrome://evil.example/',
  'mailto://evil.example/',
  'ms-msdt://evil.example/',
]

const refused: [why: string, query: Record<string, string>, code: string][] = [
  ['javascript:', { success_url: 'javascript:alert(1)' }, 'invalid_redirect_url_format'],
  ['JavaScript:// in the reject address', { reject_url: 'JavaScript://x/%0aalert(1)' }, 'invalid_redirect_url_format'],
  ['data:', { reject_url: 'data:text/html,x' }, 'invalid_redirect_url_format'],
  ...ELSEWHERE.flatMap((url): typeof refused => [
    [`${url} in the success address`, { success_url: url }, 'invalid_redirect_url_format'],
    [`${url} in the reject address`, { reject_url: url }, 'invalid_redirect_url_format'],
  ]),
  ['an app_id that is no UUID', { app_id: 'nope' }, 'invalid_app_id'],
  ['an app_id in upper case', { app_id: '00000000-0000-5000-8000-00000000000A' }, 'invalid_app_id'],
  ['a name of 201 characters', { app_name: 'x'.repeat(201) }, 'application_password_name_too_long'],
]
const refusedInProduction: typeof refused = [
  ['http', { success_url: 'http://evil.example/' }, 'invalid_redirect_scheme'],
  [
    'HTTP with a good reject address',
    { success_url: 'HTTP://evil.example/', reject_url: 'https://a.example/' },
    'invalid_redirect_scheme',
  ],
  [
    'http in the reject address',
    { success_url: CALLBACK, reject_url: 'http://evil.example/' },
    'invalid_redirect_scheme',
  ],
]

test('a request that no user should approve gets an error page on GET and POST, never a redirect', async t => {
  const https = { 'x-forwarded-proto': 'https' }
  const site = await startSite(t, { WP_ENVIRONMENT_TYPE: 'production', TRUST_PROXY: 'on' })
  const owner = await site.client('admin')
  const good = formFields((await owner.get(`${PAGE}?app_name=x`, { headers: https })).text, 'name="app_id"')
  for (const [why, query, code] of [...refused, ...refusedInProduction]) {
    const asked = await owner.get(`${PAGE}?${new URLSearchParams({ app_name: 'x', ...query })}`, { headers: https })
    const posted = await owner.send('POST', PAGE, { form: { ...good, ...query, approve: 'y' }, headers: https })
    for (const { status, text, headers } of [asked, posted]) {
      t.is(status, 400, why)
      t.true(text.includes(code), why)
      t.is(headers.get('location'), null)
      t.false(text.includes('name="approve"'))
    }
    const rejected = await owner.send('POST', PAGE, { form: { ...good, ...query, reject: 'n' }, headers: https })
    t.is(rejected.status, 400, why)
  }
  t.deepEqual((await owner.rest('GET', APPLICATION_PASSWORDS, { headers: https })).json, [])
})

test('without a logged-in user: redirects to the login page, and back with the whole request', async t => {
  const site = await startSite(t)
  const { status, headers } = await ask(await site.client(), { app_name: 'Demo' })
  t.is(status, 302)
  const location = new URL(headers.get('location') ?? '', site.url)
  t.is(location.pathname, '/wp-login.php')
  t.is(location.searchParams.get('redirect_to'), `${site.url}${PAGE}?app_name=Demo`)
})

test('the page cannot be framed, cached or sniffed, and allows no inline code', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  for (const path of ['/wp-login.php?reauth=1', '/wp-admin/profile.php', PAGE, `${PAGE}?app_id=bad`]) {
    const { headers, text } = await owner.get(path)
    const csp = headers.get('content-security-policy') ?? ''
    t.regex(csp, /default-src 'none'/)
    // Browsers hold form-action against the whole chain of redirects, also the application's own.
    t.is(/form-action 'self'/.test(csp), !path.startsWith(PAGE) || path.includes('app_id=bad'), path)
    t.regex(csp, /frame-ancestors 'none'/)
    t.notRegex(csp, /unsafe/)
    t.is(headers.get('x-frame-options'), 'DENY')
    t.is(headers.get('cache-control'), 'no-store')
    t.is(headers.get('referrer-policy'), 'no-referrer')
    t.notRegex(text, /<script(?![^>]* src=)|<style|\sstyle=|\son\w+=/)
  }
})

test('after a double click the application gets a working password, whichever response the browser follows', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const query = { app_name: 'Demo', success_url: CALLBACK }
  const form = formFields((await ask(owner, query)).text, 'name="app_id"')
  for (let click = 0; click < 2; click++) {
    const { headers } = await owner.send('POST', PAGE, { form: { ...form, approve: 'y' } })
    const password = new URL(headers.get('location') ?? '').searchParams.get('password') ?? ''
    t.is((await (await site.client()).get(ME, { headers: basic('admin', password) })).status, 200)
  }
})

test('an approval that is sent again, for example by a reload, creates no second application password', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const fields = formFields((await ask(owner, { app_name: 'Desk' })).text, 'name="app_id"')
  const approve = () => owner.send('POST', PAGE, { form: { ...fields, approve: 'y' } })
  t.is((await approve()).status, 200)
  const again = await approve()
  t.is(again.status, 400)
  t.regex(again.text, /You already sent this form/)
  const admin = await site.accounts.findByLogin('admin')
  t.is(admin && (await site.connect.applicationPasswords.list(admin)).length, 1)
})

test('a user whom can() forbids to create application passwords is rejected before and after the form', async t => {
  const site = await startSite(t)
  const sam = await site.client('sam')
  const fields = formFields((await ask(sam, { app_name: 'Desk' })).text, 'name="app_id"')
  await rebuild(site, {
    users: parts => ({ ...embeddedUsers()(parts), can: (_user, action) => action === 'list_app_passwords' }),
  })
  const refused = await ask(sam, { app_name: 'Desk' })
  t.is(refused.status, 403)
  t.false(refused.text.includes('name="approve"'))
  t.is((await sam.send('POST', PAGE, { form: { ...fields, approve: 'y' } })).status, 403)
  t.deepEqual((await sam.rest('GET', APPLICATION_PASSWORDS)).json, [])
})
