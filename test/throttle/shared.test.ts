import test, { type ExecutionContext } from 'ava'
import { limits } from '../../src/throttle/fallback.ts'
import { basic, ME } from '../support/client.ts'
import { freshDatabase } from '../support/database.ts'
import { startRedis } from '../support/redis.ts'
import { startSite, type TestSite } from '../support/site.ts'
import { testWith } from '../support/tools.ts'

/** Two processes' worth of one site. */
async function startTwo(t: ExecutionContext, env: Record<string, string>): Promise<[TestSite, TestSite]> {
  const DATABASE_URL = env.DATABASE_URL ?? (await freshDatabase(t))
  const one = await startSite(t, { ...env, DATABASE_URL })
  return [one, await startSite(t, { ...env, DATABASE_URL, SITE_URL: one.url })]
}

async function guess(site: TestSite, login: string, pwd = 'wrong', headers = {}): Promise<number> {
  const port = (site.server.address() as { port: number }).port
  const body = new URLSearchParams({ log: login, pwd })
  const answer = await fetch(`http://127.0.0.1:${port}/wp-login.php`, {
    method: 'POST',
    redirect: 'manual',
    body,
    headers,
  })
  return answer.status
}

/** The statuses of so many logins, at one site and the other in turn. */
async function guesses(sites: TestSite[], times: number, login = 'admin'): Promise<number[]> {
  const statuses: number[] = []
  for (let i = 0; i < times; i++) statuses.push(await guess(sites[i % sites.length] as TestSite, login))
  return statuses
}

const reportsOf = (site: TestSite) => {
  const heard: { code: string; message: string }[] = []
  site.connect.on('error', ({ error }) => void heard.push(error as { code: string; message: string }))
  return heard
}

const onServer = /^(postgres|mysql)/.test(process.env.TEST_DATABASE_URL ?? '') ? test : test.skip

onServer('on a database server the processes of a site count together', async t => {
  const sites = await startTwo(t, {})
  t.deepEqual(await guesses(sites, 12), [...Array(10).fill(401), 429, 429])
  t.deepEqual(await guesses(sites, 1, 'sam'), [401])
})

testWith('redis-server')('with REDIS_URL the processes of a site count together in Redis', async t => {
  const redis = await startRedis(t)
  const sites = await startTwo(t, { REDIS_URL: redis.url })
  t.deepEqual(await guesses(sites, 12), [...Array(10).fill(401), 429, 429])
  t.false(await sites[0].knex.schema.hasTable('connect_throttle'))
})

testWith('redis-server')('with REDIS_URL the addresses of one IPv6 line are counted together, too', async t => {
  const redis = await startRedis(t)
  const sites = await startTwo(t, { REDIS_URL: redis.url, TRUST_PROXY: 'on' })
  const statuses: number[] = []
  for (let i = 0; i < 42; i++) {
    const headers = { 'x-forwarded-for': `[2001:db8:1:${i.toString(16)}::1]:443` }
    statuses.push(await guess(sites[i % 2] as TestSite, 'admin', 'wrong', headers))
  }
  t.deepEqual(statuses, [...Array(40).fill(401), 429, 429])
})

testWith('redis-server')('Redis contains neither typed text nor addresses', async t => {
  const redis = await startRedis(t)
  const site = await startSite(t, { REDIS_URL: redis.url })
  await guess(site, 'my secret pasted in the wrong field')
  const dump = await redis.dump()
  t.regex(dump, /connect_throttle/)
  t.notRegex(dump, /my secret|pasted|wrong field|127\.0\.0/)
})

testWith('redis-server')(
  'without Redis, failures are counted in the process; each change is reported once, also the return of Redis',
  async t => {
    const redis = await startRedis(t)
    const [one, two] = await startTwo(t, { REDIS_URL: redis.url })
    const heard = reportsOf(one)
    t.deepEqual(await guesses([one, two], 10), Array(10).fill(401))
    await redis.stop()
    t.deepEqual(await guesses([one], 12), [...Array(10).fill(401), 429, 429], 'the process counts for itself')
    t.is(await guess(one, 'sam', 'correct horse battery staple'), 302, 'a right password works')
    t.deepEqual(
      heard.map(({ code }) => code),
      ['throttle_not_shared'],
    )
    t.regex(heard[0]?.message ?? '', /counted in each process while Redis cannot be reached/)

    await redis.start()
    for (let tries = 0; heard.length < 2; tries++) {
      await new Promise(resolve => setTimeout(resolve, 100))
      await guess(one, `someone ${tries}`)
    }
    t.deepEqual(
      heard.map(({ code }) => code),
      ['throttle_not_shared', 'throttle_shared'],
    )
  },
)

testWith('redis-server')(
  'a Redis that accepts commands and never responds delays a request by a second, and fails none',
  async t => {
    const redis = await startRedis(t)
    const site = await startSite(t, { REDIS_URL: redis.url })
    const { password } = await site.connect.applicationPasswords.create({ id: 1, login: 'admin' }, 'Script')
    const script = await site.client()
    const api = async (typed: string) => (await script.get(ME, { headers: basic('admin', typed) })).status
    t.is(await api('wrong'), 401)
    redis.freeze()
    t.teardown(redis.thaw)
    t.is(limits.waitMs, 1_000)
    t.is(await api('wrong'), 401, 'it waits no longer')
    for (const typed of ['wrong', password, 'wrong', password]) t.is(await api(typed), typed === password ? 200 : 401)
  },
)

testWith('redis-server')('a site starts without Redis, and reports that at the first failed attempt', async t => {
  const redis = await startRedis(t)
  await redis.stop()
  const site = await startSite(t, { REDIS_URL: redis.url })
  const heard = reportsOf(site)
  t.deepEqual(await guesses([site], 2), [401, 401])
  t.is(heard.length, 1)
})
