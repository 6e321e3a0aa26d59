import { basic, Client } from '../support/client.ts'
import { installExample } from '../support/installed.ts'
import { makePassword, passwordJourney } from '../support/journey.ts'
import { block, read } from '../support/markdown.ts'
import { SHOWN_PASSWORD, shell } from '../support/shell.ts'
import { testWith } from '../support/tools.ts'

const LOG_IN_PASSWORD = 'correct horse battery staple'

testWith('curl')('the smallest site works, in under 30 lines', async t => {
  t.true(read('examples/smallest/app.js').split('\n').length < 30)
  const app = await installExample(t, 'smallest')

  const { url, stop } = await app.start()
  const browser = new Client(url)
  await browser.login('admin', LOG_IN_PASSWORD)
  await passwordJourney(t, { browser, login: 'admin' })
  const password = await makePassword(t, { browser }, 'curl')
  const curl = block('examples/smallest/README.md', 'sh', 'curl').replace(SHOWN_PASSWORD, password)
  const { output } = await shell(curl.replace('curl', 'curl -s').replace('http://localhost:3000', url))
  t.deepEqual(JSON.parse(output), { hello: 'admin' })
  await stop()

  // As somebody forgets TLS: nothing is offered, and the page says why.
  const production = await app.start({ NODE_ENV: 'production' })
  const visitor = new Client(production.url)
  await visitor.login('admin', LOG_IN_PASSWORD)
  const page = await visitor.get('/wp-admin/profile.php')
  t.is(page.status, 200)
  t.regex(page.text, /Application passwords need HTTPS/)
  t.notRegex(page.text, /id="do_new_application_password"/)
  const asked = await visitor.rest('POST', '/wp-json/wp/v2/users/me/application-passwords', { json: { name: 'x' } })
  t.deepEqual([asked.status, asked.json.code], [501, 'application_passwords_disabled'])
  const unread = await new Client(production.url).get('/api/hello', { headers: basic('admin', 'any') })
  t.deepEqual([unread.status, unread.json.code], [401, 'rest_not_logged_in'])
  t.regex(unread.json.message, /HTTPS/, 'whoever sends credentials learns why nobody looked at them')
})
