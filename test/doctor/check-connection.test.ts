import test from 'ava'
import { Client, formFields } from '../support/client.ts'
import { startFront } from '../support/front.ts'
import { PASSWORD, startSite } from '../support/site.ts'

const PROFILE = '/wp-admin/profile.php'
const BUTTON = 'id="check-connection"'

const form = async (client: Client) => formFields((await client.get(PROFILE)).text, BUTTON)
const press = async (client: Client) => client.send('POST', PROFILE, { form: await form(client) })
/** Status and words of each finding that is not left to the script. */
const findings = (html: string) =>
  [...html.matchAll(/<li class="finding finding-(\w+)">.*?<p>(.*?)<\/p>/gs)].map(([, status, words]) => [status, words])

test('an administrator sees all results', async t => {
  const site = await startSite(t)
  const { status, text } = await press(await site.client('admin'))
  t.is(status, 200)
  t.deepEqual(
    findings(text).map(([found]) => found),
    Array(8).fill('ok'),
  )
})

test('other users see the results about the connection, and no internals of the site', async t => {
  const site = await startSite(t, { CONNECT_SECRET: 'hush'.repeat(9) })
  await site.knex('connect_migrations').where({ name: '0003-oauth' }).delete()
  const { text } = await press(await site.client('sam'))
  t.is(findings(text).length, 4)
  // Only what the site says: a nonce's random letters may spell anything.
  t.notRegex(JSON.stringify(findings(text)), /secret|tables|0003|hush/i)
  t.notRegex(text, /hushhush|0003-oauth/)
  const toAdministrator = findings((await press(await site.client('admin'))).text)
  t.deepEqual(
    toAdministrator.filter(([status]) => status === 'fail').map(([, words]) => words?.slice(0, 21)),
    ['The tables are not up'],
  )
})

test('the page reports a stripped header, with advice', async t => {
  const front = await startFront(t, {
    there: headers => {
      delete headers.authorization
    },
  })
  const site = await startSite(t, { SITE_URL: front.url })
  front.leadTo(site)
  const { text } = await press(await site.client('sam'))
  t.deepEqual(
    findings(text).map(([status]) => status),
    ['ok', 'ok', 'fail', 'ok'],
  )
  t.regex(text, /class="hint">A proxy in between removes it/)
})

test('a site that cannot reach itself, but was reached by the visitor, does not fail', async t => {
  const front = await startFront(t, {
    instead({ url = '' }, outgoing) {
      if (!url.includes('wp-site-health')) return false
      outgoing.destroy()
      return true
    },
  })
  const site = await startSite(t, { SITE_URL: front.url })
  front.leadTo(site)
  const visitor = new Client(front.url)
  await visitor.login('sam', PASSWORD)
  const [address, thisSite] = findings((await press(visitor)).text)
  t.deepEqual([address?.[0], thisSite?.[0]], ['warn', 'warn'])
  t.regex(address?.[1] ?? '', /The server cannot reach its own address/)
  // Past the proxy, by an address that is not the site's.
  t.is(findings((await press(await site.client('sam'))).text)[0]?.[0], 'fail')
})

test('the connection check works even when application passwords are disabled', async t => {
  const site = await startSite(t, { WP_ENVIRONMENT_TYPE: 'production' })
  const { status, text } = await press(await site.client('sam'))
  t.is(status, 200)
  t.deepEqual(findings(text)[3], ['fail', 'The site has an http:// address, but application passwords need https.'])
})

test('only a logged-in user can run the check, by their own form', async t => {
  const site = await startSite(t)
  const [owner, sam] = [await site.client('admin'), await site.client('sam')]
  const fields = await form(owner)
  let asked = 0
  site.server.on('request', ({ url = '' }) => void (url.includes('wp-site-health') && asked++))
  const nobody = await (await site.client()).send('POST', PROFILE, { form: fields })
  t.is(nobody.status, 302)
  t.is((await sam.send('POST', PROFILE, { form: fields })).status, 403)
  t.is((await owner.send('POST', PROFILE, { form: { ...fields, _wpnonce: '' } })).status, 403)
  const cross = { 'sec-fetch-site': 'cross-site' }
  t.is((await owner.send('POST', PROFILE, { form: fields, headers: cross })).status, 403)
  t.is((await owner.get(`${PROFILE}?${new URLSearchParams(fields)}`)).status, 200)
  t.is(asked, 0)
  t.is((await owner.send('POST', PROFILE, { form: fields })).status, 200)
  t.is(asked, 3)
})

test('nothing in the request changes which URL the site calls', async t => {
  const site = await startSite(t)
  const owner = await site.client('admin')
  const headers = { host: 'elsewhere.example', 'x-forwarded-host': 'elsewhere.example', 'x-forwarded-proto': 'https' }
  const fields = { ...(await form(owner)), url: 'http://127.0.0.1:1/', site: 'http://127.0.0.1:1/' }
  const { text } = await owner.send('POST', PROFILE, { form: fields, headers })
  t.deepEqual(findings(text)[1], ['ok', `A server responds at ${site.url}.`])
  t.notRegex(text, /elsewhere/)
})

test('six checks per minute, then 429 on the page; other users are not affected', async t => {
  const site = await startSite(t)
  const [owner, sam] = [await site.client('admin'), await site.client('sam')]
  const fields = await form(owner)
  for (let times = 0; times < 6; times++) t.is((await owner.send('POST', PROFILE, { form: fields })).status, 200)
  const { status, text, headers } = await owner.send('POST', PROFILE, { form: fields })
  t.is(status, 429)
  t.is(headers.get('retry-after'), '60')
  t.regex(text, /role="alert"[^>]*><p>You checked the connection too often/)
  t.deepEqual(findings(text), [])
  const german = await owner.send('POST', PROFILE, { form: fields, headers: { 'accept-language': 'de' } })
  t.regex(german.text, /<p>Sie haben die Verbindung zu oft geprüft/)
  for (let times = 0; times < 60; times++) await owner.send('POST', PROFILE, { form: fields })
  t.is((await press(sam)).status, 200)
})

test('the page about another user has no such button', async t => {
  const owner = await (await startSite(t)).client('admin')
  t.false((await owner.get('/wp-admin/user-edit.php?user_id=3')).text.includes(BUTTON))
})
