import test from 'ava'
import { PASSWORD, startSite } from '../support/site.ts'

test('an invalid login, email address, role or password is rejected with a code', async t => {
  const { accounts } = await startSite(t)
  const good = { email: 'new@example.com' }
  const refused = (login: string, password: string, details: Parameters<typeof accounts.create>[2]) =>
    t.throwsAsync(accounts.create(login, password, details), { code: 'invalid_user' })
  for (const login of ['', ' ', ' x', 'x\0', 'jürgen', '<b>', 'x'.repeat(61), 'a:b'])
    await refused(login, PASSWORD, good)
  for (const email of [
    '',
    'x',
    '@',
    'a@',
    'a b@c.d',
    'a@b\0',
    `${'x'.repeat(100)}@example.com`,
    `${'\uFDFA'.repeat(9)}@example.com`,
  ])
    await refused('new', PASSWORD, { email })
  for (const role of ['', 'admin', 'superuser', '__proto__']) await refused('new', PASSWORD, { ...good, role })
  await refused('new', '', good)
  await refused('new', 'x'.repeat(5000), good)
  t.is(await accounts.count(), 3)
})

test('a login or email address is taken in any letter case', async t => {
  const { accounts } = await startSite(t)
  const taken = (login: string, email: string) =>
    t.throwsAsync(accounts.create(login, PASSWORD, { email }), { code: 'user_exists' })
  await taken('Admin', 'new@example.com')
  await taken('new', 'ADMIN@example.com')
  await taken('admin@example.com', 'new@example.com')
  await accounts.create('ann@example.org', PASSWORD, { email: 'ann@example.com' })
  await taken('new', 'Ann@Example.org')
  await t.notThrowsAsync(accounts.create('own@example.org', PASSWORD, { email: 'own@example.org' }))
  const both = await Promise.allSettled(
    [1, 2].map(() => accounts.create('twin', PASSWORD, { email: 'twin@example.com' })),
  )
  t.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
})

test('of two users who want one name at the same moment, as a login and as an address, one gets it, in every process', async t => {
  const site = await startSite(t)
  const { accounts: here } = site
  const { accounts: there } = await startSite(t, { DATABASE_URL: site.databaseUrl })
  const ways: ((name: string) => Promise<unknown>)[][] = [
    [
      name => here.create(name, PASSWORD, { email: `other.${name}` }),
      name => there.create(`x${name.slice(0, 1)}`, PASSWORD, { email: name }),
    ],
    [name => here.create(name, PASSWORD, { email: `other.${name}` }), name => there.update('3', { email: name })],
  ]
  for (const [at, both] of ways.entries()) {
    const settled = await Promise.allSettled(both.map(way => way(`${at}@example.org`)))
    t.deepEqual(settled.map(({ status }) => status).sort(), ['fulfilled', 'rejected'], `${at}`)
    const [refused] = settled.filter(each => each.status === 'rejected')
    t.is(refused?.reason.code, 'user_exists')
  }
})

test('update() changes only what is given', async t => {
  const { accounts } = await startSite(t)
  await accounts.update('3', { email: 'new@example.com', name: 'Sam Smith', role: 'author' })
  t.like(await accounts.findByLogin('new@example.com'), { login: 'sam', name: 'Sam Smith', roles: ['author'] })
  t.is(await accounts.findByLogin('sam@example.com'), null)
  await t.throwsAsync(accounts.update('3', { email: 'admin@example.com' }), { code: 'user_exists' })
})
