import { randomUUID } from 'node:crypto'
import test from 'ava'
import { phpass } from '../../src/crypto/phpass.ts'
import { createConnect, embeddedUsers } from '../../src/index.ts'
import { SECRET, startSite, type TestSite } from '../support/site.ts'

const USER = { id: 1, login: 'admin' }

const rowOf = async ({ knex }: TestSite, uuid: string) => knex('connect_application_passwords').where({ uuid }).first()

/** A second process of the same site, with another `hash` option. */
async function withArgon2id({ knex, url }: TestSite, secret = SECRET) {
  const site = { url, name: 'Test Site' }
  return createConnect({
    knex,
    site,
    secret,
    users: embeddedUsers(),
    environment: 'local',
    applicationPasswords: { hash: 'argon2id' },
  })
}

test('by default a row contains WordPress’s own hash', async t => {
  const site = await startSite(t)
  const { applicationPassword, password } = await site.connect.applicationPasswords.create(USER, 'x')
  t.regex(password, /^[A-Za-z0-9]{24}$/)
  const row = await rowOf(site, applicationPassword.uuid)
  t.regex(row.hash, /^\$generic\$[\w-]{40}$/)
  t.is(row.lookup, row.hash)
})

test('hash: argon2id stores argon2id, with an HMAC look-up value that is useless without the secret', async t => {
  const site = await startSite(t)
  const strict = await withArgon2id(site)
  const { applicationPassword, password } = await strict.applicationPasswords.create(USER, 'x')
  const row = await rowOf(site, applicationPassword.uuid)
  t.regex(row.hash, /^\$argon2id\$/)
  t.regex(row.lookup, /^\$hmac\$[0-9a-f]{8}\$[\w-]{43}$/)
  t.is((await strict.verifyCredentials('admin', password, null)).user.login, 'admin')
  await t.throwsAsync(strict.verifyCredentials('admin', `${password}x`, null), { code: 'incorrect_password' })

  await strict.applicationPasswords.revoke(USER, applicationPassword.uuid)
  await t.throwsAsync(
    strict.verifyCredentials('admin', password, null),
    { code: 'incorrect_password' },
    'what is remembered is no permission',
  )
})

test('hash: argon2id passwords still work after the secret changes', async t => {
  const site = await startSite(t)
  const strict = await withArgon2id(site)
  const { applicationPassword, password } = await strict.applicationPasswords.create(USER, 'x')
  const before = (await rowOf(site, applicationPassword.uuid)).lookup
  const newSecret = await withArgon2id(site, `${SECRET}, changed`)
  t.is((await newSecret.verifyCredentials('admin', password, null)).user.login, 'admin')
  const after = (await rowOf(site, applicationPassword.uuid)).lookup
  t.not(after, before)
  t.is((await newSecret.verifyCredentials('admin', password, null)).user.login, 'admin')
})

test('the hash option can be changed and changed back: existing passwords still work', async t => {
  const site = await startSite(t)
  const strict = await withArgon2id(site)
  const { applicationPassword, password } = await site.connect.applicationPasswords.create(USER, 'x')
  const form = async () => (await rowOf(site, applicationPassword.uuid)).hash.split('$')[1]
  await strict.verifyCredentials('admin', password, null)
  t.is(await form(), 'argon2id')
  await site.connect.verifyCredentials('admin', password, null)
  t.is(await form(), 'generic')
})

test('a password imported from WordPress before 6.8 works, and is rehashed at its first use', async t => {
  const site = await startSite(t)
  const { knex } = site
  const password = 'abcdEFGH1234ijklMNOP5678'
  const imported = async (userId: string) => {
    const uuid = randomUUID()
    const hash = await phpass(password, '$P$BseAzc/YHhZEXxblAay8xpJ1WXQRei0')
    await knex('connect_application_passwords').insert({ uuid, user_id: userId, name: 'old', hash, created: 1 })
    return uuid
  }
  const uuid = await imported('1')
  await t.throwsAsync(site.connect.verifyCredentials('sam', password, null), { code: 'incorrect_password' })
  await t.throwsAsync(site.connect.verifyCredentials('admin', 'abcd', null), { code: 'incorrect_password' })
  const uses = await Promise.all(
    [1, 2, 3].map(() => site.connect.verifyCredentials('admin', 'abcd EFGH 1234 ijkl MNOP 5678', null)),
  )
  t.true(uses.every(({ applicationPassword }) => applicationPassword.uuid === uuid))
  t.is((await rowOf(site, uuid)).hash, '$generic$F6W18u0QEytvRVb59DemVWRxyTxU6vg_VK0s_f-h')
  t.is((await site.connect.verifyCredentials('admin', password, null)).applicationPassword.uuid, uuid)
})
