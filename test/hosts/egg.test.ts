import { appendFile } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { revokeByScript } from '../support/browser.ts'
import { basic, Client, formFields } from '../support/client.ts'
import { installExample } from '../support/installed.ts'
import { logInAsAnna, makePassword, oauthJourney, passwordJourney } from '../support/journey.ts'

test('Egg: its session identifies the user, and its CSRF check and CSP do not interfere', async t => {
  const app = await installExample(t, 'egg')
  // A list of domains, beyond which Egg's own redirect does not lead.
  await appendFile(
    join(app.folder, 'config/config.prod.js'),
    "export default { security: { domainWhiteList: ['localhost'] } }\n",
  )
  // Egg keeps its logs there.
  const { url } = await app.start({ HOME: app.folder })
  const browser = await logInAsAnna(t, url, 'nick')
  await passwordJourney(t, { browser, login: 'anna' })
  await oauthJourney(t, { browser, login: 'anna' })

  const password = await makePassword(t, { browser }, 'Notes')
  const script = new Client(url)
  const noted = await script.send('POST', '/api/notes', { headers: basic('anna', password), json: { text: 'x' } })
  t.deepEqual(noted.json, { noted: 'x', by: 1 })
  const made = await browser.rest('POST', '/wp-json/wp/v2/users/me/application-passwords', {
    json: { name: 'By script' },
  })
  t.is(made.status, 201)
  const nowhere = await script.get('/wp-json/nothing', { headers: basic('anna', password) })
  t.deepEqual([nowhere.status, nowhere.json.code], [404, 'rest_no_route'])

  await revokeByScript(t, url, { nick: 'anna', password: 'correct horse battery staple' }, 'By a click')

  // An application on the user's own device, whose scheme Egg's redirect does not know.
  const wanted = new URLSearchParams({ app_name: 'Desk', success_url: 'my.app://done' })
  const question = `/wp-admin/authorize-application.php?${wanted}`
  const { reject: _reject, ...form } = formFields((await browser.get(question)).text, 'name="_wpnonce"')
  const answered = await browser.send('POST', question, { form: { ...form, approve: 'y' } })
  t.regex(answered.headers.get('location') ?? '', /^my\.app:\/\/done\?.*&user_login=anna&password=\w{24}$/)

  const ours = (await browser.get('/wp-admin/profile.php')).headers
  t.regex(ours.get('content-security-policy') ?? '', /^default-src 'none';.*frame-ancestors 'none'$/)
  t.is(ours.get('x-frame-options'), 'DENY')
  t.is((await browser.send('POST', '/logout', { form: {} })).status, 403, 'Egg’s own check is still there')
  const theirs = await browser.get('/logout')
  t.is(theirs.headers.get('content-security-policy'), "default-src 'self'")
  const out = await browser.send('POST', '/logout', { form: formFields(theirs.text, '_csrf') })
  t.is(out.headers.get('location'), '/login')
  t.regex((await browser.get('/wp-admin/profile.php')).headers.get('location') ?? '', /^\/login\?next=/)
})
