import test from 'ava'
import type { Client } from '../support/client.ts'
import { PASSWORD, startSite } from '../support/site.ts'

const COOKIE = 'koa_wp_connect_known'

test('a browser is known by the user who has logged in there: it gives no login, and only for that user', async t => {
  const site = await startSite(t)
  const owner = await site.logIn('sam')
  const known = owner.cookies.get(COOKIE) ?? ''
  t.regex(known, /^[\w-]{43}\.[\w-]{43}$/)
  const thief = await site.client()
  thief.cookies.set(COOKIE, known)
  t.is((await thief.get('/wp-admin/profile.php')).status, 302, 'it opens nothing')
  const logIn = async (log: string, pwd: string) =>
    (await thief.send('POST', '/wp-login.php', { form: { log, pwd } })).status
  for (let i = 0; i < 10; i++) t.is(await logIn('SAM', 'wrong'), 401)
  t.is(await logIn('sam', PASSWORD), 429, 'ten guesses, as from any address')
  t.is(await logIn('admin', PASSWORD), 302, 'counted apart from whoever is unknown')
})

test('a user’s login and email address share one count of ten guesses', async t => {
  const site = await startSite(t)
  const stranger = await site.client()
  const owner = await site.logIn('sam')
  const logIn = async (by: Client, log: string, pwd: string) =>
    (await by.send('POST', '/wp-login.php', { form: { log, pwd } })).status
  for (let i = 0; i < 10; i++) await logIn(stranger, 'sam', 'wrong')
  t.is(await logIn(stranger, 'sam@example.com', PASSWORD), 429)
  for (let i = 0; i < 10; i++) t.is(await logIn(owner, i % 2 ? 'sam' : 'sam@example.com', 'wrong'), 401)
  t.is(await logIn(owner, 'sam', PASSWORD), 429)
  t.is(await logIn(owner, 'sam@example.com', PASSWORD), 429)
})

test('a forged cookie makes no browser known', async t => {
  const site = await startSite(t)
  const known = (await site.logIn('sam')).cookies.get(COOKIE) ?? ''
  const [id = '', signature = ''] = known.split('.')
  const guesser = await site.client()
  const forged = [
    `${id}.${id}`,
    `${signature}.${signature}`,
    id,
    `${known}x`,
    '',
    '.',
    `${'A'.repeat(43)}.${signature}`,
  ]
  const statuses: number[] = []
  for (let i = 0; i < 11; i++) {
    guesser.cookies.set(COOKIE, forged[i % forged.length] ?? '')
    statuses.push((await guesser.send('POST', '/wp-login.php', { form: { log: 'sam', pwd: 'wrong' } })).status)
  }
  t.deepEqual(statuses, [...Array(10).fill(401), 429])
})

test('a user with many such cookies has one place in the queue for all of them', async t => {
  const site = await startSite(t)
  const browsers = []
  for (let i = 0; i < 24; i++) browsers.push(await site.logIn('sam'))
  const form = { log: 'sam', pwd: PASSWORD }
  const answers = await Promise.all(browsers.map(browser => browser.send('POST', '/wp-login.php', { form })))
  t.true(answers.filter(({ status }) => status === 503).length > 0)
})

test('the cookie ends with the password: its holder is counted like any other caller', async t => {
  const site = await startSite(t)
  const intruder = await site.logIn('sam')
  const { id } = (await site.accounts.findByLogin('sam')) ?? { id: '' }
  await site.accounts.update(id, { password: 'another one' })
  const guess = async (by: Client) =>
    (await by.send('POST', '/wp-login.php', { form: { log: 'sam', pwd: PASSWORD } })).status
  for (let i = 0; i < 10; i++) t.is(await guess(intruder), 401)
  t.is(await guess(await site.client()), 429, 'by the address that both have')
})
