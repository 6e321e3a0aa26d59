import test from 'ava'
import { startSite } from '../support/site.ts'

test('a visitor is told to log in and try it', async t => {
  const { text, headers } = await (await (await startSite(t)).client()).get('/')
  t.regex(text, />Log in and create one</)
  t.regex(text, /curl -u &quot;admin:abcd EFGH 1234 ijkl MNOP 6789&quot;/)
  t.regex(headers.get('vary') ?? '', /Cookie/)
})

test('a logged-in user sees their name, and links to the profile and to log out', async t => {
  const client = await (await startSite(t)).client('sam')
  const { text, headers } = await client.get('/')
  t.regex(text, /<a href="\/wp-admin\/profile\.php"><bdi>sam<\/bdi><\/a>/)
  t.regex(text, /<a href="\/wp-login\.php\?action=logout">Log out<\/a>/)
  t.notRegex(text, /Log in and create one/)
  t.is(headers.get('cache-control'), 'no-store')
})

test('if plain http gets no credentials, the page says so, and shows no command that would fail', async t => {
  const client = await (await startSite(t, { WP_ENVIRONMENT_TYPE: 'production' })).client()
  const { text } = await client.get('/')
  t.regex(text, /need https.*TRUST_PROXY=on.*WP_ENVIRONMENT_TYPE=local/)
  t.notRegex(text, /curl|Log in and create one/)
})
