import test, { type ExecutionContext } from 'ava'
import { createConnect, embeddedUsers } from '../../src/index.ts'
import { basic, Client, ME } from '../support/client.ts'
import { bearer, connectApp, createApp } from '../support/oauth.ts'
import { PASSWORD, SECRET, startSite, type TestSite } from '../support/site.ts'

const SAM = '3'

/** Somebody with all that a user can have: a session, an application password, a connected app. */
async function equip(site: TestSite, login: string) {
  const browser = await site.logIn(login)
  const { password } = await browser.createPassword('Script')
  const { access_token } = await connectApp(site, browser, await createApp(site))
  return { login, browser, headers: [basic(login, password), bearer(access_token)] }
}

/** Of session, application password and token: the status that each is answered now. */
async function answers({ browser, headers }: { browser: Client; headers: Record<string, string>[] }) {
  const script = new Client(browser.url)
  const page = await browser.get('/wp-admin/profile.php')
  const calls = await Promise.all(headers.map(each => script.get(ME, { headers: each })))
  return [page.status, ...calls.map(({ status }) => status)]
}

async function rowsOf({ knex }: TestSite, userId: string) {
  const rows = await Promise.all(
    ['application_passwords', 'oauth_grants', 'sessions'].map(table =>
      knex(`connect_${table}`).where('user_id', userId).count({ rows: '*' }).first(),
    ),
  )
  return rows.map(row => Number(row?.rows))
}

function hear({ connect }: TestSite) {
  const heard: string[] = []
  const tell = (name: string, id: unknown, detail: string) => void heard.push(`${name} ${id} ${detail}`)
  connect.on('application-password-revoked', ({ user, applicationPassword }) =>
    tell('revoked', user.id, `${user.login} ${applicationPassword.name}`),
  )
  connect.on('oauth-disconnected', ({ userId, by }) => tell('disconnected', userId, by))
  return heard
}

/** The same site in another process, whose host wants everything to end with the password. */
async function strictSite(t: ExecutionContext, site: TestSite) {
  const connect = await createConnect({
    knex: site.knex,
    site: { url: site.url, name: 'Test Site' },
    secret: SECRET,
    users: embeddedUsers(),
    oauth: { scopes: { posts: 'Posts' } },
    revokeOnPasswordChange: true,
  })
  t.teardown(() => connect.close())
  return connect
}

test('deleting an embedded user deletes all of their data, and no other user’s', async t => {
  const site = await startSite(t)
  const [sam, ed] = [await equip(site, 'sam'), await equip(site, 'ed')]
  t.deepEqual(await answers(sam), [200, 200, 200])
  const heard = hear(site)
  await site.accounts.delete(SAM)
  t.deepEqual(heard, ['revoked 3 sam Script', 'disconnected 3 site'])
  t.deepEqual(await rowsOf(site, SAM), [0, 0, 0])
  t.deepEqual(await answers(sam), [302, 401, 401])
  t.deepEqual(await answers(ed), [200, 200, 200])
  const grantIds = await site.knex('connect_oauth_grants').pluck('grant_id')
  t.deepEqual(await site.knex('connect_oauth_tokens').whereNotIn('grant_id', grantIds), [])
})

test('a host reports that it deleted a user, and may do so twice', async t => {
  const site = await startSite(t)
  await equip(site, 'sam')
  const heard = hear(site)
  await site.knex('connect_users').where('id', SAM).delete()
  await site.connect.userDeleted(3)
  t.deepEqual(heard, ['revoked 3  Script', 'disconnected 3 site'], 'of who is gone only the id is known')
  t.deepEqual(await rowsOf(site, SAM), [0, 0, 0])
  await site.connect.userDeleted(SAM)
  await site.connect.userDeleted('nobody')
  t.is(heard.length, 2)
})

test('a new password ends sessions; application passwords and connected apps stay, as in WordPress', async t => {
  const site = await startSite(t)
  const sam = await equip(site, 'sam')
  const heard = hear(site)
  await site.connect.passwordChanged(SAM)
  t.deepEqual(await answers(sam), [302, 200, 200])
  await sam.browser.login('sam', PASSWORD)
  await site.accounts.update(SAM, { password: 'a new one' })
  t.deepEqual(await answers(sam), [302, 200, 200])
  t.deepEqual(heard, [])
})

test('with revokeOnPasswordChange everything ends with the password, in every process', async t => {
  const site = await startSite(t)
  const [sam, ed] = [await equip(site, 'sam'), await equip(site, 'ed')]
  const strict = await strictSite(t, site)
  await strict.users.accounts.update(SAM, { password: 'a new one' })
  t.deepEqual(await answers(sam), [302, 401, 401])
  t.deepEqual(await rowsOf(site, SAM), [0, 0, 0])
  await strict.passwordChanged('2')
  t.deepEqual(await answers(ed), [302, 401, 401])
})

test('other changes of a user end nothing', async t => {
  const site = await startSite(t)
  const sam = await equip(site, 'sam')
  const strict = await strictSite(t, site)
  await strict.users.accounts.update(SAM, { name: 'Sam Smith', email: 'smith@example.com' })
  t.deepEqual(await answers(sam), [200, 200, 200])
})

test('deletions happen completely or not at all, and no event reports what did not happen', async t => {
  const site = await startSite(t)
  const sam = await equip(site, 'sam')
  const heard = hear(site)
  const rename = (from: string, to: string) => site.knex.schema.renameTable(`connect_${from}`, `connect_${to}`)
  await rename('oauth_tokens', 'away')
  const failed = { code: 'database_unavailable' }
  await t.throwsAsync(site.connect.userDeleted(SAM), failed)
  await t.throwsAsync(site.accounts.delete(SAM), failed)
  await t.throwsAsync((await strictSite(t, site)).users.accounts.update(SAM, { password: 'a new one' }), failed)
  await rename('away', 'oauth_tokens')
  t.deepEqual(heard, [])
  t.deepEqual(await answers(sam), [200, 200, 200])
  await t.notThrowsAsync(sam.browser.login('sam', PASSWORD))
})

test('a user with very many credentials costs a limited number of statements', async t => {
  const site = await startSite(t)
  await equip(site, 'sam')
  const [password] = await site.knex('connect_application_passwords').select()
  const [grant] = await site.knex('connect_oauth_grants').select()
  const copies = Array.from({ length: 600 }, (_, at) => at)
  const { id: _id, ...passwordRow } = password
  const { id: _grantId, ...grantRow } = grant
  await site.knex.batchInsert(
    'connect_application_passwords',
    copies.map(at => ({ ...passwordRow, uuid: `copy-${at}`, lookup: `copy-${at}` })),
    50,
  )
  await site.knex.batchInsert(
    'connect_oauth_grants',
    copies.map(at => ({ ...grantRow, grant_id: `copy-${at}` })),
    50,
  )
  const heard = hear(site)
  let statements = 0
  let mostValues = 0
  const count = ({ bindings = [] }: { bindings?: unknown[] }) => {
    statements++
    mostValues = Math.max(mostValues, bindings.length)
  }
  site.knex.on('query', count)
  await site.connect.userDeleted(SAM)
  site.knex.off('query', count)
  t.is(heard.length, 2 * 601)
  t.deepEqual(await rowsOf(site, SAM), [0, 0, 0])
  t.true(statements > 6 && statements < 20, `${statements} statements`)
  t.true(mostValues < 300, `${mostValues} values`)
})

test('an invalid id is rejected: it would have ended nothing', async t => {
  const { connect } = await startSite(t)
  for (const id of [undefined, null, {}, '', 'a b']) {
    const message = /a user id must have 1 to 64 letters/
    await t.throwsAsync(connect.userDeleted(id as string), { instanceOf: TypeError, message })
    await t.throwsAsync(connect.passwordChanged(id as string), { instanceOf: TypeError, message })
  }
})
