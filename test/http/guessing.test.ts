import test, { type ExecutionContext } from 'ava'
import { hashArgon2id } from '../../src/crypto/argon2id.ts'
import { basic, type Client, ME } from '../support/client.ts'
import { PASSWORD, startSite } from '../support/site.ts'

/** A site behind a proxy, which says where each guess comes from. */
async function startAttacked(t: ExecutionContext) {
  const site = await startSite(t, { TRUST_PROXY: 'on', WP_ENVIRONMENT_TYPE: 'local' })
  const client = await site.client()
  let guesses = 0
  const from = (address: string) => ({ 'x-forwarded-for': address })
  const next = () => from(`10.0.${guesses >> 8}.${guesses++ & 255}`)
  const logIn = (by: Client, log: string, pwd: string, headers: Record<string, string>) =>
    by.send('POST', '/wp-login.php', { headers, form: { log, pwd } }).then(({ status }) => status)
  return { site, client, next, from, logIn }
}

/** Goes on with `guess` in many places at once until `work` is done. */
async function during<T>(guess: () => Promise<number>, atOnce: number, work: () => Promise<T>) {
  const statuses: Record<number, number> = {}
  let isOver = false
  const guessers = Array.from({ length: atOnce }, async () => {
    while (!isOver) {
      const status = await guess()
      statuses[status] = (statuses[status] ?? 0) + 1
    }
  })
  const result = await work().finally(() => {
    isOver = true
  })
  await Promise.all(guessers)
  return { result, statuses }
}

test('while application passwords are guessed from many addresses, the right one works from elsewhere each time', async t => {
  const { site, client, next, from } = await startAttacked(t)
  const { password } = await site.connect.applicationPasswords.create({ id: 1, login: 'admin' }, 'Script')
  const call = async (typed: string, headers: Record<string, string>) =>
    (await client.get(ME, { headers: { ...basic('admin', typed), ...headers } })).status
  const { result, statuses } = await during(
    () => call('wrong', next()),
    40,
    async () => {
      const seen: number[] = []
      for (let i = 0; i < 30; i++) seen.push(await call(password, from('192.0.2.1')))
      return seen
    },
  )
  t.deepEqual(result, Array(30).fill(200))
  t.deepEqual(Object.keys(statuses), ['401'])
  t.true((statuses[401] ?? 0) > 100)
})

test('while account passwords are guessed from many addresses, other users log in, and few guesses are hashed', async t => {
  const { client, site, next, from, logIn } = await startAttacked(t)
  const { result, statuses } = await during(
    () => logIn(client, 'admin', 'guess', next()),
    40,
    async () => {
      const seen: number[] = []
      for (const login of ['sam', 'ed', 'sam@example.com']) {
        seen.push(await logIn(await site.client(), login, PASSWORD, from('192.0.2.1')))
      }
      return seen
    },
  )
  t.deepEqual(result, [302, 302, 302])
  t.true((statuses[503] ?? 0) > (statuses[401] ?? 0), 'most are told to come back later')
})

test('while an account is guessed from many addresses, its owner logs in from a known browser each time', async t => {
  const { client, site, next, from, logIn } = await startAttacked(t)
  const owner = await site.client()
  t.is(await logIn(owner, 'admin', PASSWORD, from('192.0.2.1')), 302)
  const { result, statuses } = await during(
    () => logIn(client, 'admin', 'guess', next()),
    60,
    async () => {
      const seen: number[] = []
      for (let i = 0; i < 5; i++) seen.push(await logIn(owner, 'admin', PASSWORD, from(`203.0.113.${i}`)))
      return seen
    },
  )
  t.deepEqual(result, Array(5).fill(302))
  t.true((statuses[503] ?? 0) > (statuses[401] ?? 0))
})

test('while a user with an imported slow hash is guessed at, other users log in', async t => {
  const { client, site, next, from, logIn } = await startAttacked(t)
  const { applicationPassword } = await site.connect.applicationPasswords.create({ id: 1, login: 'admin' }, 'Imported')
  const hash = await hashArgon2id('an imported password')
  await site
    .knex('connect_application_passwords')
    .where('uuid', applicationPassword.uuid)
    .update({ lookup: null, hash })
  const guess = async () => (await client.get(ME, { headers: { ...basic('admin', 'wrong'), ...next() } })).status
  const { result } = await during(guess, 150, async () => {
    const seen: number[] = []
    for (const login of ['sam', 'ed', 'sam', 'ed']) {
      seen.push(await logIn(await site.client(), login, PASSWORD, from('192.0.2.1')))
    }
    return seen
  })
  t.deepEqual(result, [302, 302, 302, 302])
})

test('a port in X-Forwarded-For is ignored: one caller stays one, and does not delay others', async t => {
  const { client, site, from, logIn } = await startAttacked(t)
  const guess = (i: number) => logIn(client, 'sam', 'guess', from(`203.0.113.7:${50_000 + i}`))
  for (let i = 0; i < 10; i++) t.is(await guess(i), 401)
  t.is(await guess(10), 429)
  t.is(await logIn(await site.client(), 'sam', PASSWORD, from('198.51.100.9:4444')), 302)
  const { password } = await site.connect.applicationPasswords.create({ id: 1, login: 'admin' }, 'Script')
  await client.get(ME, { headers: { ...basic('admin', password), ...from('[2001:db8::1]:443') } })
  const [shown] = await site.connect.applicationPasswords.list({ id: 1, login: 'admin' })
  t.is(shown?.lastIp, '2001:db8::1')
})

test('callers whose address the proxy hides do not delay each other, and the host is warned once', async t => {
  const { client, site, from, logIn } = await startAttacked(t)
  const heard: unknown[] = []
  site.connect.on('error', ({ error }) => void heard.push(error))
  const call = async (login: string, i: number) =>
    (await client.get(ME, { headers: { ...basic(login, `wrong ${i}`), ...from('unknown') } })).status
  for (let round = 0; round < 11; round++) {
    const statuses = await Promise.all(Array.from({ length: 100 }, (_, i) => call(`somebody ${i}`, round)))
    t.deepEqual(statuses, Array(100).fill(401))
  }
  for (let i = 0; i < 12; i++) t.is(await logIn(client, `somebody ${i}`, 'guess', from('unknown')), 401)
  t.is(await logIn(await site.client(), 'sam', PASSWORD, from('unknown')), 302)
  t.is(heard.length, 1)
  t.like(heard[0], { name: 'ThrottleWarning', code: 'caller_address_unknown' })
})
