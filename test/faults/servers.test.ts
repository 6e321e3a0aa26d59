import { setTimeout as wait } from 'node:timers/promises'
import test, { type ExecutionContext, type TestFn } from 'ava'
import { APPLICATION_PASSWORDS, basic, type Client, ME } from '../support/client.ts'
import { MARIADB, type OwnServer, ownMariadb, ownPostgres, POSTGRES } from '../support/own-server.ts'
import { startSite, type TestSite } from '../support/site.ts'
import { tcpProxy } from '../support/tcp-proxy.ts'
import { testWith } from '../support/tools.ts'

const servers = [
  { name: 'PostgreSQL', programs: POSTGRES, start: ownPostgres },
  { name: 'MariaDB', programs: MARIADB, start: ownMariadb },
]

for (const { name, programs, start } of servers) {
  // These have servers of their own: they need no further run on each of the suite's databases.
  const testOnce = process.env.TEST_DATABASE_URL ? (test.skip as TestFn) : testWith(...programs)

  testOnce(`${name} stopped and started under load: 503 meanwhile, never a refusal; then all is well`, async t => {
    const server = await start(t)
    const { site, owner, nonce, password } = await siteOn(t, server, server.port)
    const load = new Load(owner, nonce, password)
    await load.whileUp(t, 'before')
    await server.stop()
    await wait(3_000)
    t.true(load.count(503) > 0)
    await server.start()
    await load.whileUp(t, 'after')
    await load.end()

    t.deepEqual(load.unexpected, [])
    t.true(load.slowest < 12_000, `the slowest answer took ${load.slowest} ms`)
    t.log(load.statuses, `slowest ${load.slowest} ms`)
    const names = (await owner.get(APPLICATION_PASSWORDS, { headers: { 'x-wp-nonce': nonce } })).json.map(
      (each: { name: string }) => each.name,
    )
    for (const made of load.made) t.true(names.includes(made), made)
    await checkPool(t, site)
  })

  testOnce(`${name} that says nothing: 503 within seconds; then all is well`, async t => {
    const server = await start(t)
    const proxy = await tcpProxy(t, server.port)
    const { site, owner, nonce, password } = await siteOn(t, server, proxy.port)
    const load = new Load(owner, nonce, password)
    await load.whileUp(t, 'before')
    proxy.freeze()
    await wait(1_000)
    load.forget()
    await wait(12_000)
    t.true(load.count(503) > 0)
    t.is(load.count(200) + load.count(201) + load.count(401), 0, 'nobody gets in unchecked')

    t.log(load.statuses, `slowest ${load.slowest} ms`)

    proxy.thaw()
    await load.whileUp(t, 'after')
    await load.end()
    t.deepEqual(load.unexpected, [])
    t.true(load.slowest < 12_000, `the slowest answer took ${load.slowest} ms`)
    await checkPool(t, site)
  })
}

async function siteOn(t: ExecutionContext, server: OwnServer, port: number) {
  t.timeout(5 * 60_000)
  const site = await startSite(t, { DATABASE_URL: server.url(port) })
  const owner = await site.client('admin')
  const { password } = await owner.createPassword()
  return { site, owner, nonce: await owner.nonce(), password }
}

/** Clients that ask one thing after the other until the end, and know what they may be answered. */
class Load {
  readonly statuses: Record<string, number> = {}
  readonly unexpected: string[] = []
  readonly made: string[] = []
  slowest = 0
  #isOver = false
  readonly #clients: Promise<void>[]

  constructor(owner: Client, nonce: string, password: string) {
    const right = () => owner.get(ME, { headers: basic('admin', password) })
    const wrong = () => owner.get(ME, { headers: basic('admin', 'wrong wrong wrong') })
    const issue = async () => {
      const name = `Made ${Math.random()}`
      const answer = await owner.send('POST', APPLICATION_PASSWORDS, {
        headers: { 'x-wp-nonce': nonce },
        json: { name },
      })
      if (answer.status === 201) this.made.push(name)
      return answer
    }
    const page = () => owner.get('/wp-admin/profile.php')
    this.#clients = [
      ...Array.from({ length: 12 }, () => this.#ask(right, 200)),
      this.#ask(wrong, 401, 429),
      ...Array.from({ length: 4 }, () => this.#ask(issue, 201)),
      this.#ask(page, 200),
    ]
  }

  async #ask(request: () => ReturnType<Client['get']>, ...expected: number[]): Promise<void> {
    while (!this.#isOver) {
      const before = Date.now()
      const { status, headers, text } = await request()
      this.slowest = Math.max(this.slowest, Date.now() - before)
      this.statuses[status] = this.count(status) + 1
      const isAway = status === 503 && headers.get('retry-after') === '5' && text.includes('database_unavailable')
      if (!isAway && !expected.includes(status)) this.unexpected.push(`${status}: ${text}`)
      await wait(20)
    }
  }

  count(status: number): number {
    return this.statuses[status] ?? 0
  }

  forget(): void {
    for (const status of Object.keys(this.statuses)) delete this.statuses[status]
  }

  /** Waits, for seconds, until everybody is served. */
  async whileUp(t: ExecutionContext, when: string): Promise<void> {
    const began = Date.now()
    do {
      this.forget()
      await wait(1_000)
      if (Date.now() - began > 15_000) return t.fail(`not served ${when}: ${JSON.stringify(this.statuses)}`)
    } while (this.count(503) > 0 || this.count(200) === 0 || this.count(201) === 0)
  }

  async end(): Promise<void> {
    this.#isOver = true
    await Promise.all(this.#clients)
  }
}

async function checkPool(t: ExecutionContext, { knex }: TestSite): Promise<void> {
  const { pool } = knex.client
  t.deepEqual([pool.numUsed(), pool.numPendingAcquires(), pool.numPendingCreates()], [0, 0, 0])
  await Promise.all(Array.from({ length: 30 }, () => knex.raw('SELECT 1')))
}
