import { FIRST_SITE, startFirstSite } from '../support/first-site.ts'
import { block } from '../support/markdown.ts'
import { SHOWN_PASSWORD, shell } from '../support/shell.ts'
import { testWith } from '../support/tools.ts'

testWith('curl')('the site of the README starts, creates a password, and accepts it', async t => {
  const { url, password, client } = await startFirstSite(t, FIRST_SITE)
  const curl = block('README.md', 'sh', 'curl')
    .replace('curl', 'curl -s')
    .replace(SHOWN_PASSWORD, password)
    .replace('http://localhost:3000', url)
  t.deepEqual(JSON.parse((await shell(curl)).output), { hello: 'admin' })
  t.is((await client.get('/api/hello')).json.code, 'rest_not_logged_in')
  t.is((await client.get('/nothing')).status, 404)
})
