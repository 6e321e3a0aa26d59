import type { ExecutionContext } from 'ava'
import { basic, Client, formFields, ME } from '../support/client.ts'
import { installExample } from '../support/installed.ts'
import { makePassword, oauthJourney, passwordJourney } from '../support/journey.ts'
import { read } from '../support/markdown.ts'
import { startNginx } from '../support/nginx.ts'
import { bearer } from '../support/oauth.ts'
import { freePort } from '../support/shell.ts'
import { testWith } from '../support/tools.ts'

const ROOT = '/blog'
const PROFILE = `${ROOT}/wp-admin/profile.php`
const LOG_IN = { log: 'admin', pwd: 'correct horse battery staple' }

async function start(t: ExecutionContext) {
  const app = await installExample(t, 'behind-nginx')
  const proxyPort = await freePort()
  const origin = `https://localhost:${proxyPort}`
  // It asks itself by its own address, whose certificate is the test's own.
  const env = { SITE_URL: origin + ROOT, NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  const { url, stop } = await app.start(env)
  const { port } = new URL(url)
  await startNginx(t, read('examples/behind-nginx/nginx.conf').replaceAll(':3000', `:${port}`), proxyPort)
  const startAgain = async () => {
    await stop()
    await app.start({ ...env, PORT: port })
  }
  return { origin, site: origin + ROOT, past: `http://127.0.0.1:${port}`, change: app.change, startAgain }
}

testWith('nginx', 'openssl')('a site works behind nginx, with TLS, below a path that the app does not see', async t => {
  const { origin, site, past, change, startAgain } = await start(t)
  const browser = new Client(origin)

  // Log-in, and back.
  const sent = await browser.get(PROFILE)
  const logIn = `${ROOT}/wp-login.php`
  t.is(sent.headers.get('location'), `${logIn}?redirect_to=${encodeURIComponent(origin + PROFILE)}&reauth=1`)
  const fields = formFields((await browser.get(sent.headers.get('location') ?? '')).text, 'name="log"')
  const back = await browser.send('POST', logIn, { form: { ...fields, ...LOG_IN } })
  t.is(back.headers.get('location'), origin + PROFILE)
  const cookies = back.headers.getSetCookie()
  t.is(cookies.length, 3)
  for (const cookie of cookies)
    t.regex(cookie, /^koa_wp_connect\w*=[^;]+; path=\/blog(; expires=[^;]+)?; samesite=lax; secure; httponly$/)

  // Whatever a page leads to is there.
  const page = await browser.get(PROFILE)
  const addresses = [...page.text.matchAll(/ (?:href|src|action|data-\w[\w-]*)="([^"#]*)"/g)]
    .map(([, address = '']) => address.replaceAll('&amp;', '&'))
    .filter(address => address.startsWith('/') || address.startsWith('http'))
  t.true(addresses.length > 8, addresses.join(' '))
  for (const address of new Set(addresses)) {
    t.true(address.startsWith(`${ROOT}/`), address)
    t.true((await new Client(origin).get(address)).status < 404, address)
  }

  await passwordJourney(t, { browser, login: 'admin', root: ROOT })
  await oauthJourney(t, { browser, login: 'admin', root: ROOT })

  // What programs are told.
  const { json: index } = await new Client(origin).get(`${ROOT}/wp-json/`)
  t.like(index, { url: site, home: site })
  const { authorization } = index.authentication['application-passwords'].endpoints
  t.is(authorization, `${site}/wp-admin/authorize-application.php`)
  t.is((await browser.get(authorization)).status, 200)
  const home = await new Client(origin).get(`${ROOT}/`)
  t.is(home.headers.get('link'), `<${site}/wp-json/>; rel="https://api.w.org/"`)
  const password = await makePassword(t, { browser, root: ROOT }, 'Script')
  const me = await new Client(origin).get(ROOT + ME, { headers: basic('admin', password) })
  t.true(me.json._links.self[0].href.startsWith(`${site}/wp-json/`))

  // From a refusal to the metadata of what refused, and of who issues tokens.
  const refused = await new Client(origin).get(`${ROOT}/api/hello`, { headers: bearer('wrong') })
  const [, resource = ''] = /resource_metadata="([^"]*)"/.exec(refused.headers.get('www-authenticate') ?? '') ?? []
  const described = (await new Client(origin).get(resource)).json
  t.deepEqual([described.resource, described.authorization_servers], [`${site}/api`, [site]])
  for (const path of ['/.well-known/oauth-authorization-server/blog', `${ROOT}/.well-known/openid-configuration`]) {
    const { json } = await new Client(origin).get(path)
    t.deepEqual([json.issuer, json.token_endpoint], [site, `${site}/oauth2/token`], path)
  }

  // The site's own look at all this.
  const check = formFields(page.text, 'value="check-connection"')
  const checked = await browser.send('POST', PROFILE, { form: check })
  t.is(checked.status, 200)
  t.regex(checked.text, /class="finding finding-ok">/)
  t.notRegex(checked.text, /class="finding finding-(fail|warn)">/)

  // Past nginx, by plain http: nothing is offered, and the page says why.
  const beside = new Client(past)
  for (const [name, value] of browser.cookies) beside.cookies.set(name, value)
  const plain = await beside.get('/wp-admin/profile.php')
  t.regex(plain.text, /Application passwords need HTTPS/)
  t.notRegex(plain.text, /id="do_new_application_password"/)
  const authorize = await beside.get('/wp-admin/authorize-application.php?app_name=x')
  t.deepEqual([authorize.status, /HTTPS/.test(authorize.text)], [501, true])
  t.is((await beside.get('/oauth2/authorize?client_id=x')).status, 501)

  // A site that does not believe nginx takes https for http: people can log in, and are told what is missing.
  await change('{ proxy: true, maxIpsCount: 1 }', '{}')
  await startAgain()
  const again = new Client(origin)
  t.is((await again.send('POST', logIn, { form: LOG_IN })).status, 302)
  const unbelieving = await again.get(PROFILE)
  t.is(unbelieving.status, 200)
  t.regex(unbelieving.text, /the app must trust it \(app\.proxy = true\)/)
})
