import { setTimeout as wait } from 'node:timers/promises'
import test, { type ExecutionContext, type TestFn } from 'ava'
import { limits } from '../../src/database/database.ts'
import { APPLICATION_PASSWORDS, basic, type Client, ME } from '../support/client.ts'
import { waitOnly } from '../support/limits.ts'
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

  testOnce(`${name} stopped and started under load: 503 meanwhile, never a rejection; then all works`, async t => {
    const server = await start(t)
    const { site, owner, nonce, password } = await siteOn(t, server, server.port)
    const load = new Load(t, owner, nonce, password)
    await load.untilServed()
    await server.stop()
    await load.untilUnavailable()
    await server.start()
    await load.untilServed()
    await load.end()

    t.deepEqual(load.unexpected, [])
    const names = (await owner.get(APPLICATION_PASSWORDS, { headers: { 'x-wp-nonce': nonce } })).json.map(
      (each: { name: string }) => each.name,
    )
    for (const made of load.made) t.true(names.includes(made), made)
    await checkPool(t, site)
  })

  testOnce(`${name} that does not respond: 503 within seconds; then all works`, async t => {
    const server = await start(t)
    const proxy = await tcpProxy(t, server.port)
    const { site, owner, nonce, password } = await siteOn(t, server, proxy.port)
    const load = new Load(t, owner, nonce, password)
    await load.untilServed()
    proxy.freeze()
    await load.untilUnavailable()
    t.is(load.count(200) + load.count(201) + load.count(401), 0, 'nobody gets in unchecked')
    proxy.thaw()
    await load.untilServed()
    await load.end()
    t.deepEqual(load.unexpected, [])
    await checkPool(t, site)
  })
}

async function siteOn(t: ExecutionContext, server: OwnServer, port: number) {
  const site = await startSite(t, { DATABASE_URL: server.url(port) })
  const owner = await site.client('admin')
  const { password } = await owner.createPassword()
  waitOnly(t, limits, 1_000)
  return { site, owner, nonce: await owner.nonce(), password }
}

/** Clients that ask one thing after the other until the end, and know what they may be answered. */
class Load {
  readonly unexpected: string[] = []
  readonly made: string[] = []
  /** Of the requests since {@link untilServed} or {@link untilUnavailable} began. */
  #statuses: Record<number, number> = {}
  #isOver = false
  #onAnswer = () => {}
  readonly #clients: Promise<void>[]

  constructor(t: ExecutionContext, owner: Client, nonce: string, password: string) {
    const right = () => owner.get(ME, { headers: basic('admin', password) })
    const wrong = () => owner.get(ME, { headers: basic('admin', 'wrong wrong wrong') })
    let names = 0
    const issue = async () => {
      const name = `Made ${names++}`
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
    t.teardown(() => this.end())
  }

  async #ask(request: () => ReturnType<Client['get']>, ...expected: number[]): Promise<void> {
    while (!this.#isOver) {
      const statuses = this.#statuses
      const { status, headers, text } = await request()
      statuses[status] = (statuses[status] ?? 0) + 1
      const isAway = status === 503 && headers.get('retry-after') === '5' && text.includes('database_unavailable')
      if (!isAway && !expected.includes(status)) this.unexpected.push(`${status}: ${text}`)
      this.#onAnswer()
      await wait(20)
    }
  }

  count(status: number): number {
    return this.#statuses[status] ?? 0
  }

  /** Until so many requests that were sent from now on have been answered by 503. */
  async untilUnavailable(): Promise<void> {
    await this.#until(() => this.count(503) >= 40)
  }

  /** Until everybody is served, and nobody is told to come back. */
  async untilServed(): Promise<void> {
    await this.#until(() => {
      if (this.count(503) > 0) this.#statuses = {}
      return this.count(200) >= 50 && this.count(201) >= 10
    })
  }

  async #until(isSo: () => boolean): Promise<void> {
    this.#statuses = {}
    await new Promise<void>(resolve => {
      this.#onAnswer = () => isSo() && resolve()
    })
    this.#onAnswer = () => {}
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
