import type { Context } from 'koa'
import { createConnect, embeddedUsers } from '../src/index.ts'
import { openDatabase } from '../src/server/database.ts'
import { median } from './measure.ts'

const TOGETHER = 64
const TIMES = 50
const ROUNDS = 40

/** What a check costs by itself: 64 requests that come together, by the middleware alone, with no HTTP before or after it. */
export async function checkAlone(): Promise<string[][]> {
  const knex = openDatabase('better-sqlite3::memory:')
  const connect = await createConnect({
    knex,
    site: { url: 'http://localhost', name: 'Bench' },
    secret: 'a secret for the bench, of 32 characters or more',
    users: embeddedUsers(),
    environment: 'local',
  })
  await connect.migrate()
  const user = await connect.users.accounts.create('bench', 'correct horse', { email: 'bench@example.com' })
  const headers: string[] = []
  for (let client = 0; client < TOGETHER; client++) {
    const { password } = await connect.applicationPasswords.create(user, `Bench ${client}`)
    headers.push(`Basic ${btoa(`bench:${password}`)}`)
  }

  const [authenticate, guard] = [connect.middleware(), connect.require()]
  let passed = 0
  const letIn = async () => {
    passed++
  }
  const check = (header: string) => {
    const get = (name: string) => (name === 'Authorization' ? header : '')
    const ctx = { path: '/api/posts', method: 'GET', secure: false, ip: '127.0.0.1', state: {}, get }
    return authenticate(ctx as unknown as Context, () => guard(ctx as unknown as Context, letIn) as Promise<void>)
  }

  const microseconds: number[] = []
  for (let round = -5; round < ROUNDS; round++) {
    const began = performance.now()
    for (let time = 0; time < TIMES; time++) await Promise.all(headers.map(check))
    if (round >= 0) microseconds.push(((performance.now() - began) * 1000) / TIMES / TOGETHER)
  }
  await connect.close()
  await knex.destroy()
  const checks = TOGETHER * TIMES * (ROUNDS + 5)
  if (passed !== checks) throw new Error(`${checks - passed} of ${checks} were not let in`)
  return [
    ['', 'of the processor'],
    ['a Basic check, better-sqlite3', `${median(microseconds).toFixed(1)} µs`],
  ]
}
