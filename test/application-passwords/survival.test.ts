import test, { type ExecutionContext } from 'ava'
import Koa from 'koa'
import { MAX_APPLICATION_PASSWORDS } from '../../src/application-passwords/create.ts'
import { type ConnectOptions, createConnect, type EmbeddedUsers, embeddedUsers } from '../../src/index.ts'
import { openDatabase } from '../../src/server/database.ts'
import { APPLICATION_PASSWORDS, Client } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { listen } from '../support/listen.ts'
import { PASSWORD, SECRET, startSite } from '../support/site.ts'

/** A host whose users are the package's, with options that `npm start` has not. */
async function startHost(t: ExecutionContext, more: Partial<ConnectOptions<EmbeddedUsers>>) {
  const knex = openDatabase(await freshDatabase(t))
  const { url, answer } = await listen(t)
  const connect = await createConnect({
    knex,
    site: { url, name: 'Example' },
    secret: SECRET,
    users: embeddedUsers(),
    environment: 'local',
    ...more,
  })
  t.teardown(async () => {
    await connect.close()
    await knex.destroy()
  })
  await connect.migrate()
  const sam = await connect.users.accounts.create('sam', PASSWORD, { email: 'sam@example.com' })
  answer(new Koa().use(connect.middleware()).callback())
  return { url, knex, connect, sam }
}

for (const hash of ['generic', 'argon2id'] as const) {
  test(`${hash}: passwords that an intruder creates while the owner changes the password do not survive`, async t => {
    const { connect, sam, url } = await startHost(t, { applicationPasswords: { hash }, revokeOnPasswordChange: true })
    for (let trial = 0; trial < 3; trial++) {
      const intruder = new Client(url)
      await intruder.login('sam', trial === 0 ? PASSWORD : `${PASSWORD} ${trial - 1}`)
      const nonce = await intruder.nonce()
      const making = Array.from({ length: 30 }, async (_, i) => {
        await new Promise(resolve => setTimeout(resolve, 3 * i))
        const json = { name: `Intruder ${i}` }
        return intruder.send('POST', APPLICATION_PASSWORDS, { headers: { 'x-wp-nonce': nonce }, json })
      })
      await making[10]
      await connect.users.accounts.update(sam.id, { password: `${PASSWORD} ${trial}` })
      const statuses = new Set((await Promise.all(making)).map(({ status }) => status))
      t.true(
        [...statuses].every(status => [201, 401, 403, 409].includes(status)),
        [...statuses].join(),
      )
      t.deepEqual(await connect.applicationPasswords.list(sam), [])
    }
  })
}

test('a password whose slow hash is computed while all are revoked, or the user is deleted, is not created', async t => {
  const { connect, knex, sam } = await startHost(t, { applicationPasswords: { hash: 'argon2id' } })
  const ends = [
    () => connect.applicationPasswords.revokeAll(sam),
    () => connect.passwordChanged(sam.id),
    () => connect.users.accounts.delete(sam.id),
  ]
  for (const end of ends) {
    const begun = new Promise<void>(resolve => {
      const onResponse = (_response: unknown, { sql }: { sql: string }) => {
        if (!/^select.*user_changes/.test(sql)) return
        knex.off('query-response', onResponse)
        resolve()
      }
      knex.on('query-response', onResponse)
    })
    const making = connect.applicationPasswords.create(sam, 'Late')
    await begun
    await Promise.all([end(), t.throwsAsync(making, { code: 'account_changed' })])
    t.deepEqual(await connect.applicationPasswords.list(sam), [])
  }
})

test('a user who logs out while the row is written gets no password, and no row is left', async t => {
  const anna = { id: 'a1', login: 'anna' }
  let current: typeof anna | null = anna
  const users = {
    current: async () => current,
    find: async () => anna,
    findByLogin: async () => anna,
    loginUrl: () => '/login',
  }
  const knex = openDatabase(await freshDatabase(t))
  const { url, answer } = await listen(t)
  const site = { url, name: 'Example' }
  const connect = await createConnect({ knex, site, secret: SECRET, users, environment: 'local' })
  t.teardown(async () => {
    await connect.close()
    await knex.destroy()
  })
  await connect.migrate()
  const created: string[] = []
  connect.on('application-password-created', () => void created.push('created'))
  answer(new Koa().use(connect.middleware()).callback())
  const browser = new Client(url)
  const nonce = await browser.nonce()
  knex.on('query', ({ sql }: { sql: string }) => {
    if (/^insert into .connect_application_passwords/.test(sql)) current = null
  })
  const answered = await browser.send('POST', APPLICATION_PASSWORDS, {
    headers: { 'x-wp-nonce': nonce },
    json: { name: 'Late' },
  })
  t.is(answered.status, 401)
  t.is(answered.json.code, 'rest_not_logged_in')
  t.false(answered.text.includes('password"'))
  t.deepEqual(await knex('connect_application_passwords'), [])
  t.deepEqual(created, [])
})

test('a user has at most 1,000 application passwords, even with concurrent requests', async t => {
  const site = await startSite(t)
  const sam = await site.accounts.findByLogin('sam')
  if (!sam) throw new Error('there is a sam')
  const row = { user_id: sam.id, app_id: '', name: 'One', hash: 'x', created: 1 }
  const rows = Array.from({ length: MAX_APPLICATION_PASSWORDS - 2 }, (_, i) => {
    const uuid = `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`
    return { ...row, uuid, lookup: `x${i}` }
  })
  await site.knex.batchInsert('connect_application_passwords', rows, 90)
  const made = await Promise.allSettled(
    Array.from({ length: 10 }, () => site.connect.applicationPasswords.create(sam, 'More')),
  )
  const refused = made.flatMap(each => (each.status === 'rejected' ? [each.reason.code] : []))
  t.deepEqual(refused, Array(8).fill('too_many_application_passwords'))
  t.is((await site.connect.applicationPasswords.list(sam)).length, MAX_APPLICATION_PASSWORDS)
})
