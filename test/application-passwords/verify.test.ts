import test from 'ava'
import { startSite, type TestSite } from '../support/site.ts'

/** Counts the statements that `work` makes, by the table they are about. */
async function statements({ knex }: TestSite, work: () => Promise<unknown>): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  const count = ({ sql }: { sql: string }) => {
    const table = /connect_\w+/.exec(sql)?.[0] ?? sql
    counts[table] = (counts[table] ?? 0) + 1
  }
  knex.on('query', count)
  await work()
  knex.removeListener('query', count)
  return counts
}

test('one SELECT finds the credential, however many there are; simultaneous requests share it', async t => {
  const site = await startSite(t)
  const { applicationPasswords, verifyCredentials } = site.connect
  const made: { password: string }[] = []
  for (let i = 0; i < 30; i++) made.push(await applicationPasswords.create({ id: 1, login: 'admin' }, `app ${i}`))
  const one = await statements(site, () => verifyCredentials('admin', made[29]?.password ?? '', null))
  t.deepEqual(one, { connect_application_passwords: 1 })
  const together = await statements(site, () =>
    Promise.all(made.map(({ password }) => verifyCredentials('admin', password, null))),
  )
  t.deepEqual(together, { connect_application_passwords: 1 })
})

test('a wrong password and an unknown user run the same statements', async t => {
  const site = await startSite(t)
  const { verifyCredentials } = site.connect
  const refused = (login: string) => statements(site, () => t.throwsAsync(verifyCredentials(login, 'wrong', null)))
  // Where failures are counted in the database, the first one of a while sweeps as well.
  await refused('somebody')
  await site.connect.close()
  t.deepEqual(await refused('admin'), await refused('nobody'))
})

test('simultaneous wrong passwords share their statements, so that right ones need not queue behind them', async t => {
  const site = await startSite(t)
  const { verifyCredentials } = site.connect
  const guesses = Array.from({ length: 50 }, (_, i) => ['admin', 'sam', 'nobody'][i % 3] ?? '')
  const flood = await statements(site, () =>
    Promise.all(guesses.map((login, i) => t.throwsAsync(verifyCredentials(login, `wrong ${i}`, `192.0.2.${i}`)))),
  )
  t.is(flood.connect_users, 1)
  // By its look-up value, and then among those in other forms.
  t.is(flood.connect_application_passwords, 2)
})

test('the first use of one password, while another of the user is revoked, writes only to its own row', async t => {
  const site = await startSite(t)
  const user = { id: 1, login: 'admin' }
  const [used, other] = [
    await site.connect.applicationPasswords.create(user, 'a'),
    await site.connect.applicationPasswords.create(user, 'b'),
  ]
  const rowOf = (uuid: string) => site.knex('connect_application_passwords').where({ uuid }).first()
  const before = await rowOf(other.applicationPassword.uuid)
  await site.connect.verifyCredentials('admin', used.password, '203.0.113.5')
  await site.connect.close()
  t.deepEqual(await rowOf(other.applicationPassword.uuid), before)
  const row = await rowOf(used.applicationPassword.uuid)
  t.is(row.last_ip, '203.0.113.5')
  t.true(Math.abs(row.last_used - Date.now() / 1000) < 5)
})
