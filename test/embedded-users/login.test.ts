import { setTimeout as wait } from 'node:timers/promises'
import test from 'ava'
import { type Client, formFields, ME } from '../support/client.ts'
import { PASSWORD, startSite } from '../support/site.ts'

const SESSION = 'koa_wp_connect_session'

test('login works by login or email address, in any letter case', async t => {
  const site = await startSite(t)
  for (const login of ['admin', 'ADMIN', ' admin ', 'admin@example.com', 'Admin@Example.com']) {
    const client = await site.client()
    await client.login(login, PASSWORD)
    t.is((await client.get('/wp-admin/profile.php')).status, 200, login)
  }
})

test('a wrong password and an unknown user get the same response', async t => {
  const site = await startSite(t)
  const client = await site.client()
  const answer = async (log: string) => {
    const { status, text } = await client.send('POST', '/wp-login.php', { form: { log, pwd: 'wrong' } })
    return [status, text.replace(`value="${log}"`, '')]
  }
  t.deepEqual(await answer('admin'), await answer('nobody'))
  t.is((await answer('admin'))[0], 401)
})

test('login redirects to where the visitor wanted to go, on this site only', async t => {
  const site = await startSite(t)
  const wanted = '/wp-admin/authorize-application.php?app_name=x&success_url=https%3A%2F%2Fa.example%2Fcb'
  const client = await site.client()
  const sent = await client.get(wanted)
  t.is(sent.status, 302)
  const location = new URL(sent.headers.get('location') ?? '', site.url)
  t.is(location.pathname, '/wp-login.php')
  t.is(location.searchParams.get('redirect_to'), site.url + wanted)
  const form = formFields((await client.get(location.href)).text, 'id="user_login"')
  const done = await client.send('POST', '/wp-login.php', { form: { ...form, log: 'admin', pwd: PASSWORD } })
  t.is(new URL(done.headers.get('location') ?? '', site.url).href, site.url + wanted)

  const elsewhere = [
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example',
    'https:evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    `${site.url}@evil.example/`,
    `${site.url}.evil.example/`,
    `${site.url}//evil.example/`,
    '/.//evil.example/',
    `blob:${site.url}/abc`,
    'http://[bad',
    '//',
  ]
  for (const redirect_to of elsewhere) {
    const { headers } = await (await site.client()).send('POST', '/wp-login.php', {
      form: { log: 'admin', pwd: PASSWORD, redirect_to },
    })
    t.is(new URL(headers.get('location') ?? '', site.url).origin, site.url, redirect_to)
    const shown = await (await site.client()).get(`/wp-login.php?redirect_to=${encodeURIComponent(redirect_to)}`)
    const kept = formFields(shown.text, 'id="user_login"').redirect_to ?? ''
    t.is(new URL(kept, site.url).origin, site.url, redirect_to)
  }
})

test('a logged-in user is redirected at once, unless another login is requested', async t => {
  const site = await startSite(t)
  const client = await site.logIn('admin')
  t.is((await client.get('/wp-login.php?redirect_to=/x')).headers.get('location'), `${site.url}/x`)
  t.is((await client.get('/wp-login.php?redirect_to=/x&reauth=1')).status, 200)
})

test('every login gets a new session id, which ends at logout; logout needs its token', async t => {
  const site = await startSite(t)
  const client = await site.client()
  client.cookies.set(SESSION, 'planted'.padEnd(43, 'x'))
  await client.login('admin', PASSWORD)
  const session = client.cookies.get(SESSION) ?? ''
  t.regex(session, /^[\w-]{43}$/)

  t.is((await client.get('/wp-login.php?action=logout')).status, 403)
  t.is((await client.get('/wp-login.php?action=logout&_wpnonce=forged')).status, 403)
  t.is((await client.get('/wp-admin/profile.php')).status, 200)

  const nonce = await client.nonce()
  const link =
    /href="(\/wp-login\.php\?action=logout[^"]*)"/.exec((await client.get('/wp-admin/profile.php')).text)?.[1] ?? ''
  t.is((await client.get(link.replaceAll('&amp;', '&'))).status, 302)
  const thief = await site.client()
  thief.cookies.set(SESSION, session)
  t.is((await thief.get('/wp-admin/profile.php')).status, 302, 'the old session opens nothing')

  await client.login('admin', PASSWORD)
  t.not(client.cookies.get(SESSION), session)
  t.is(
    (await client.get(ME, { headers: { 'x-wp-nonce': nonce } })).status,
    403,
    'tokens of before the log-out are dead',
  )
})

test('a new password ends all sessions of that user, and of no other user', async t => {
  const site = await startSite(t)
  const [one, two, other] = await Promise.all([site.logIn('sam'), site.logIn('sam'), site.logIn('ed')])
  await site.accounts.update('3', { password: 'a new one' })
  t.is((await one.get('/wp-admin/profile.php')).status, 302)
  t.is((await two.get('/wp-admin/profile.php')).status, 302)
  t.is((await other.get('/wp-admin/profile.php')).status, 200)
  await t.throwsAsync(one.login('sam', PASSWORD))
  await t.notThrowsAsync(one.login('sam', 'a new one'))
})

test('a deleted user is logged out at once', async t => {
  const site = await startSite(t)
  const sam = await site.logIn('sam')
  await site.accounts.delete('3')
  t.is((await sam.get('/wp-admin/profile.php')).status, 302)
})

test('cookies: HttpOnly and Lax; Secure when the site has https; kept only with "Remember Me"', async t => {
  const cookiesOf = async (url: string, form = {}) => {
    const site = await startSite(t, { SITE_URL: url })
    const answer = await fetch(`http://127.0.0.1:${(site.server.address() as { port: number }).port}/wp-login.php`, {
      method: 'POST',
      redirect: 'manual',
      body: new URLSearchParams({ log: 'admin', pwd: PASSWORD, ...form }),
    })
    t.is(answer.status, 302)
    return answer.headers.getSetCookie().find(cookie => cookie.includes(SESSION)) ?? ''
  }
  t.regex(await cookiesOf('http://localhost'), /^koa_wp_connect_session=.*; path=\/; samesite=lax; httponly$/)
  t.regex(await cookiesOf('https://example.com'), /^__Host-.*; path=\/; samesite=lax; secure; httponly$/)
  t.regex(
    await cookiesOf('https://example.com/blog'),
    /^koa_wp_connect_session=.*; path=\/blog; samesite=lax; secure; httponly$/,
  )
  t.regex(await cookiesOf('https://example.com', { rememberme: 'forever' }), /; expires=[^;]+;/)
})

test('guessing is throttled, and the right password from that address must wait too', async t => {
  const site = await startSite(t)
  const client = await site.client()
  const guess = async (pwd: string) =>
    (await client.send('POST', '/wp-login.php', { form: { log: 'admin', pwd } })).status
  for (let i = 0; i < 10; i++) t.is(await guess(`guess ${i}`), 401)
  const stopped = await client.send('POST', '/wp-login.php', { form: { log: 'admin', pwd: PASSWORD } })
  t.is(stopped.status, 429)
  t.true(Number(stopped.headers.get('retry-after')) > 0)
  await t.notThrowsAsync(client.login('sam', PASSWORD))
})

test('all spellings of a login share one count, and concurrent guesses cannot exceed the limit', async t => {
  const site = await startSite(t)
  const client = await site.client()
  const spellings = ['sam', 'SAM', 'sám', 'sam\u0300', 'ｓam', ' sam ', 'sam\u0301\u0302']
  const guesses = Array.from({ length: 40 }, (_, i) => spellings[i % spellings.length] ?? '')
  const statuses = await Promise.all(
    guesses.map(async log => (await client.send('POST', '/wp-login.php', { form: { log, pwd: 'guess' } })).status),
  )
  t.is(statuses.filter(status => status === 401).length, 10)
  t.is(statuses.filter(status => status === 429).length, 30)
})

test('login and email address share one count, and a login by either resets it', async t => {
  const site = await startSite(t)
  const client = await site.client()
  const logIn = async (log: string, pwd: string) =>
    (await client.send('POST', '/wp-login.php', { form: { log, pwd } })).status
  const names = ['ed', 'ED@example.com']
  const guess = (i: number) => logIn(names[i % 2] ?? '', `guess ${i}`)
  for (let i = 0; i < 9; i++) t.is(await guess(i), 401)
  t.is(await logIn('ed@example.com', PASSWORD), 302)
  client.cookies.clear()
  for (let i = 0; i < 10; i++) t.is(await guess(i), 401)
  t.is(await logIn('ed', PASSWORD), 429)
  t.is(await logIn('ed@example.com', PASSWORD), 429)
})

// Serial: what other tests cost would count here.
test.serial('an account whose hash matches no password costs as much as an unknown one and stays closed', async t => {
  const site = await startSite(t)
  await site.knex('connect_users').where({ login: 'ed' }).update({ password: '*' })
  const client = await site.client()
  const logIn = async (log: string, pwd: string) => {
    const began = process.cpuUsage()
    t.is((await client.send('POST', '/wp-login.php', { form: { log, pwd } })).status, 401)
    const { user, system } = process.cpuUsage(began)
    return user + system
  }
  await logIn('nobody', 'wrong')
  for (const pwd of ['*', '', 'nobody has this password']) await logIn('ed', pwd)
  const costs = { ed: [] as number[], nobody: [] as number[] }
  for (let i = 0; i < 5; i++) {
    costs.ed.push(await logIn('ed', 'wrong'))
    costs.nobody.push(await logIn('nobody', 'wrong'))
  }
  t.true(Math.min(...costs.ed) > Math.min(...costs.nobody) / 2, JSON.stringify(costs))
})

test('an account imported from WordPress logs in, and is rehashed with argon2id', async t => {
  const site = await startSite(t)
  const { knex } = site
  const hash = '$P$BDtoPOedob/53vZ9aKl8eqfDO/KmYw0'
  await knex('connect_users').where({ login: 'sam' }).update({ password: hash })
  const client = await site.client()
  await client.login('sam', 'correct horse battery staple')
  const { password } = await knex('connect_users').where({ login: 'sam' }).first()
  t.regex(password, /^\$argon2id\$/)
  await t.notThrowsAsync(client.login('sam', 'correct horse battery staple'))
})

test('a login while the password changes neither undoes the change nor stays logged in', async t => {
  const site = await startSite(t)
  const hash = '$P$BDtoPOedob/53vZ9aKl8eqfDO/KmYw0' // imported, so that the login wants to write as well
  for (let trial = 0; trial < 8; trial++) {
    await site.knex('connect_users').where({ login: 'sam' }).update({ password: hash })
    const client = await site.client()
    const changed = wait(trial * 15).then(() => site.accounts.update('3', { password: 'a new one' }))
    await Promise.allSettled([client.login('sam', PASSWORD), changed])
    t.is((await client.get('/wp-admin/profile.php')).status, 302, `trial ${trial}: logged out`)
    await t.notThrowsAsync((await site.client()).login('sam', 'a new one'), `trial ${trial}: the new one works`)
  }
})

test('a login waits for a concurrent change of the password, and then fails', async t => {
  const site = await startSite(t)
  const client = await site.client()
  const change = await site.knex.transaction()
  await change('connect_users').where({ login: 'sam' }).update({ password: '*' })
  await change('connect_sessions').where({ user_id: '3' }).delete()
  let isAtLock = false
  site.knex.on('query', ({ sql }: { sql: string }) => {
    isAtLock ||= /for update/i.test(sql)
  })
  const loggedIn = client.send('POST', '/wp-login.php', { form: { log: 'sam', pwd: PASSWORD } })
  // A SQLite file has one connection, and the login gets no further than to wait for that.
  const isWaiting = () =>
    isAtLock || (site.databaseUrl.includes('sqlite') && site.knex.client.pool.numPendingAcquires() > 0)
  while (!isWaiting()) await wait(5)
  if (isAtLock) await site.knex.raw('SELECT 1')
  await change.commit()
  t.is((await loggedIn).status, 401)
  t.is((await client.get('/wp-admin/profile.php')).status, 302)
})

test('a user has at most a hundred sessions: a new one ends those that would expire first, and no other user’s', async t => {
  const site = await startSite(t)
  const other = await site.logIn('ed')
  const later = Math.floor(Date.now() / 1000) + 1000
  const rows = Array.from({ length: 130 }, (_, i) => ({ id_hash: `old ${i}`, user_id: '3', expires: later + i }))
  for (let at = 0; at < rows.length; at += 50) await site.knex('connect_sessions').insert(rows.slice(at, at + 50))
  const sam = await site.logIn('sam')
  t.is((await sam.get('/wp-admin/profile.php')).status, 200)
  t.is((await other.get('/wp-admin/profile.php')).status, 200)
  const kept = await site.knex('connect_sessions').where({ user_id: '3' }).orderBy('expires').pluck('id_hash')
  t.is(kept.length, 100)
  t.is(kept[0], 'old 31')
  await Promise.all([1, 2, 3, 4, 5].map(() => site.logIn('sam')))
  t.is((await site.knex('connect_sessions').where({ user_id: '3' }).pluck('id_hash')).length, 100, 'also at once')
})

test('a login deletes one batch of expired sessions', async t => {
  const site = await startSite(t)
  const rows = Array.from({ length: 450 }, (_, i) => ({ id_hash: `over ${i}`, user_id: `${i}`, expires: 1000 }))
  for (let at = 0; at < rows.length; at += 50) await site.knex('connect_sessions').insert(rows.slice(at, at + 50))
  const left: number[] = []
  for (let i = 0; i < 3; i++) {
    await site.logIn('sam')
    left.push((await site.knex('connect_sessions').where({ expires: 1000 }).pluck('id_hash')).length)
  }
  t.deepEqual(left, [250, 50, 0])
})

test('a login that a page of another site could have sent needs the token of this browser’s form', async t => {
  const site = await startSite(t)
  const fields = { log: 'sam', pwd: PASSWORD }
  const post = async (client: Client, form: Record<string, string>, headers: Record<string, string>) =>
    (await client.send('POST', '/wp-login.php', { form, headers })).status
  const formOf = async (client: Client) => formFields((await client.get('/wp-login.php')).text, 'id="user_login"')
  // As browsers on plain http send a form of a sandboxed frame, and ours.
  const unknown = { origin: 'null' }
  t.is(await post(await site.client(), fields, unknown), 403)
  t.is(await post(await site.client(), { ...fields, _wpnonce: 'forged' }, unknown), 403)
  const attackers = await formOf(await site.client())
  const victim = await site.client()
  await victim.get('/wp-login.php')
  t.is(await post(victim, { ...attackers, ...fields }, unknown), 403)
  t.is(await post(victim, { ...(await formOf(victim)), ...fields }, unknown), 302)
  // A form that is shown again after a mistake.
  const mistyped = await site.client()
  const wrong = await mistyped.send('POST', '/wp-login.php', { form: { ...fields, pwd: 'wrong' } })
  t.is(await post(mistyped, { ...formFields(wrong.text, 'id="user_login"'), ...fields }, unknown), 302)
  // Scripts that never asked for the form, and browsers that say where it was sent.
  t.is(await post(await site.client(), fields, {}), 302)
  t.is(await post(await site.client(), fields, { origin: site.url }), 302)
  t.is(await post(await site.client(), fields, { ...unknown, 'sec-fetch-site': 'same-origin' }), 302)
  t.is(await post(await site.client(), fields, { ...unknown, 'sec-fetch-site': 'cross-site' }), 403)
})

test('the redirect URL loses its user name and password', async t => {
  const site = await startSite(t)
  const redirect_to = `${site.url.replace('://', '://a:b@')}/x`
  const form = { log: 'admin', pwd: PASSWORD, redirect_to }
  const { headers } = await (await site.client()).send('POST', '/wp-login.php', { form })
  t.is(headers.get('location'), `${site.url}/x`)
})
