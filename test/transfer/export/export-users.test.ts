import { createRequire } from 'node:module'
import type { ExecutionContext } from 'ava'
import { createBLAKE2b } from 'hash-wasm'
import type { PortableApplicationPassword } from '../../../src/application-passwords/imports.ts'
import { importUsers } from '../../../src/transfer/import/import-users.ts'
import { readWordPress } from '../../../src/transfer/import/read-wordpress.ts'
import { exportTo, userOf } from '../../support/exported.ts'
import { startSite, type TestSite } from '../../support/site.ts'
import { entry, startWordPress, testWithMariaDb, type WordPress } from '../../support/wordpress.ts'

const testWordPress = await testWithMariaDb()
/** Somebody else's reader of PHP's format, to check what WordPress's would make of ours. */
const { unserialize } = createRequire(import.meta.url)('php-serialize') as typeof import('php-serialize')

const everything = async ({ knex }: WordPress) => [
  await knex('wp_users').orderBy('ID'),
  await knex('wp_usermeta').orderBy('umeta_id'),
  await knex('wp_options').orderBy('option_id'),
]

/** `wp_verify_fast_hash()`, written anew from WordPress's own. */
async function verifiesInWordPress(t: ExecutionContext, password: string, hash: string): Promise<void> {
  const blake2b = await createBLAKE2b(8 * 30, new TextEncoder().encode('wp_fast_hash_6.8+'))
  const digest = Buffer.from(blake2b.init().update(password).digest('binary'))
  const base64 = digest.toString('base64').replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
  t.is(hash, `$generic$${base64}`)
}

testWordPress('exported hashes verify by WordPress’s rules, and can be imported again unchanged', async t => {
  const site = await startSite(t)
  const sam = await userOf(site, 'sam')
  const appId = '6633824d-c1d7-4f79-9dd5-4586f734d69e'
  const { password, applicationPassword } = await site.connect.applicationPasswords.create(sam, 'Zäpier "ü"', appId)
  await site.connect.applicationPasswords.create(sam, 'other')
  await site.connect.applicationPasswords.recordUsage(sam, applicationPassword.uuid, '192.0.2.7')
  const wordpress = await startWordPress(t)

  const before = await everything(wordpress)
  const dry = await exportTo(site, wordpress, true)
  t.deepEqual(await everything(wordpress), before, 'a dry run writes nothing')
  const moved = await exportTo(site, wordpress)
  t.deepEqual(moved, dry)
  t.deepEqual(
    moved.map(({ login, outcome, transferred }) => [login, outcome, transferred]),
    [
      ['admin', 'transferred', 0],
      ['ed', 'transferred', 0],
      ['sam', 'transferred', 2],
    ],
  )

  const [first] = unserialize((await wordpress.meta('sam')) ?? '') as Record<string, string>[]
  t.deepEqual(Object.keys(first ?? {}), ['uuid', 'app_id', 'name', 'password', 'created', 'last_used', 'last_ip'])
  t.like(first, { uuid: applicationPassword.uuid, app_id: appId, name: 'Zäpier "ü"', last_ip: '192.0.2.7' })
  await verifiesInWordPress(t, password, first?.password ?? '')
  t.deepEqual(unserialize((await wordpress.meta('admin', 'wp_capabilities')) ?? ''), { administrator: true })
  t.is(await wordpress.meta('admin', 'wp_user_level'), '10')
  const option = await wordpress.knex('wp_options').where({ option_name: 'using_application_passwords' }).first()
  t.is(option?.option_value, '1', 'else WordPress looks at none of them')

  const after = await everything(wordpress)
  const again = await exportTo(site, wordpress)
  t.deepEqual(await everything(wordpress), after, 'a second export changes nothing')
  t.like(again[2], { outcome: 'existing', transferred: 0, existing: 2 })

  const other = await startSite(t)
  for (const { id } of await other.accounts.list()) await other.accounts.delete(id)
  const { accounts, connect } = other
  const people = readWordPress({ knex: wordpress.knex })
  for await (const user of importUsers({ accounts, ...connect }, people, { dryRun: false }))
    t.deepEqual(user.problems, [])
  const all = async (of: TestSite) =>
    Promise.all(
      sorted(await of.accounts.export()).map(async user => [
        without(user),
        await of.connect.applicationPasswords.export(user),
      ]),
    )
  t.deepEqual(await all(other), await all(site))
})

/** An import takes several users at once, so their ids follow no order. */
const sorted = <T extends { login: string }>(users: T[]): T[] => users.sort((a, b) => a.login.localeCompare(b.login))
const without = ({ id: _, ...account }: { id: string }) => account

testWordPress('an existing user and their data stay exactly as they are', async t => {
  const site = await startSite(t)
  const sam = await userOf(site, 'sam')
  await site.connect.applicationPasswords.create(sam, 'new')
  const wordpress = await startWordPress(t)
  await wordpress.add({
    login: 'Sam',
    email: 'SAM@example.com',
    name: 'Sam of WordPress',
    roles: ['subscriber'],
    passwords: [entry({ uuid: '40e7e519-0f4d-4c0c-9f5a-0f3e0a2a9d11', name: 'ü', password: '$P$x', expires: 5 })],
  })
  const before = (await wordpress.meta('Sam')) ?? ''
  t.like((await exportTo(site, wordpress)).at(-1), { outcome: 'existing', transferred: 1, existing: 0 })
  const after = (await wordpress.meta('Sam')) ?? ''
  t.true(after.startsWith(before.replace(/^a:1:/, 'a:2:').slice(0, -1)))
  t.is((unserialize(after) as PortableApplicationPassword[])[1]?.name, 'new')
  t.is((await wordpress.knex('wp_users').where({ user_login: 'Sam' }).first()).display_name, 'Sam of WordPress')
})

testWordPress('a user who differs, may do more there, or cannot be read is skipped and reported', async t => {
  const site = await startSite(t)
  for (const login of ['admin', 'ed', 'sam']) {
    await site.connect.applicationPasswords.create(await userOf(site, login), 'x')
  }
  const wordpress = await startWordPress(t)
  await wordpress.addAll([
    { login: 'admin', email: 'somebody@else.example', roles: ['administrator'] },
    { login: 'ed', roles: ['editor'], passwords: 'O:8:"stdClass":0:{}' },
    { login: 'sam', roles: ['administrator'] },
  ])
  const before = (await everything(wordpress)).slice(0, 2)
  const moved = await exportTo(site, wordpress)
  t.deepEqual((await everything(wordpress)).slice(0, 2), before)
  t.true(moved.every(({ outcome }) => outcome === 'skipped'))
  t.regex(moved[0]?.problems[0] ?? '', /same login or email address, but not both/)
  t.regex(moved[1]?.problems[0] ?? '', /cannot be read: objects and references are not supported/)
  t.regex(moved[2]?.problems[0] ?? '', /higher role: administrator there, subscriber here/)
})

testWordPress('a user with a plugin’s role, or a network’s super admin, gets no password from here', async t => {
  const site = await startSite(t)
  for (const login of ['admin', 'ed', 'sam']) {
    await site.connect.applicationPasswords.create(await userOf(site, login), 'x')
  }
  const wordpress = await startWordPress(t)
  await wordpress.knex.raw('CREATE TABLE wp_sitemeta (site_id bigint, meta_key varchar(255), meta_value longtext)')
  const [meta_key, meta_value] = ['site_admins', 'a:1:{i:0;s:2:"Ed";}']
  await wordpress.knex('wp_sitemeta').insert({ site_id: 1, meta_key, meta_value })
  await wordpress.addAll([
    { login: 'admin', roles: ['administrator', 'shop_manager'] },
    { login: 'ed', roles: null },
    { login: 'sam', roles: ['subscriber', 'shop_manager'] },
  ])
  const moved = await exportTo(site, wordpress)
  t.deepEqual(
    moved.map(({ outcome }) => outcome),
    ['existing', 'skipped', 'skipped'],
  )
  t.regex(moved[1]?.problems[0] ?? '', /super admin/)
  t.regex(moved[2]?.problems[0] ?? '', /higher role: shop_manager there, subscriber here/)
})
