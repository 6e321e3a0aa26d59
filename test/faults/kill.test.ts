import { setImmediate as turn } from 'node:timers/promises'
import test from 'ava'
import type { Knex } from 'knex'
import { openDatabase } from '../../src/server/database.ts'
import { commandLine } from '../cli/command-line.ts'
import { APPLICATION_PASSWORDS, basic, Client, ME } from '../support/client.ts'

const ROUNDS = 10
const CLIENTS = 20

interface Made {
  uuid: string
  name: string
  password: string
}

/** What the clients of one round were told, and what they had asked when there was nobody left to answer. */
interface Told {
  /** Called for each one that was made. */
  onMade(): void
  made: Made[]
  revoked: Set<string>
  mayBeMade: Set<string>
  mayBeRevoked: Set<string>
}

test('killed repeatedly while clients create and revoke: everything that was confirmed is stored, and nothing else', async t => {
  const { serve, environment } = await commandLine(t, { ADMIN_PASSWORD: 'correct horse' })
  const knex = openDatabase(environment.DATABASE_URL ?? '')
  t.teardown(() => knex.destroy())
  let site = await serve()
  await site.client.login('admin', 'correct horse')
  const cookies = [...site.client.cookies]
  const nonce = await site.client.nonce()
  const totals = { made: 0, revoked: 0, unanswered: 0 }

  for (let round = 0; round < ROUNDS; round++) {
    const before = await rowsOf(knex)
    const owner = new Client(site.url)
    for (const [name, value] of cookies) owner.cookies.set(name, value)
    // Each round at a moment of its own, when so many have been made; the others are under way.
    const { promise: moment, resolve } = Promise.withResolvers<void>()
    const enough = CLIENTS + 7 * round
    const onMade = () => told.made.length >= enough && resolve()
    const told: Told = { onMade, made: [], revoked: new Set(), mayBeMade: new Set(), mayBeRevoked: new Set() }
    const old = [...before.keys()].slice(0, CLIENTS / 2)
    const clients = Array.from({ length: CLIENTS }, (_, at) =>
      issueAndRevoke(owner, nonce, told, `${round}-${at}`, old[at]),
    )
    const all = Promise.all(clients)
    await Promise.race([moment, all])
    for (let turns = 0; turns < round; turns++) await turn()
    await site.stop('SIGKILL')
    const problems = await all
    t.deepEqual(problems.filter(Boolean), [])

    // Whoever comes after finds what was answered.
    site = await serve()
    const after = await rowsOf(knex)
    const expected = new Set([...before.keys(), ...told.made.map(({ uuid }) => uuid)])
    for (const uuid of expected) {
      if (told.revoked.has(uuid)) t.false(after.has(uuid), `revoked: ${uuid}`)
      else if (!told.mayBeRevoked.has(uuid)) t.true(after.has(uuid), `there: ${uuid}`)
    }
    for (const [uuid, row] of after) {
      if (before.has(uuid)) t.deepEqual(row, before.get(uuid), 'nothing else changed')
      else if (!expected.has(uuid)) t.true(told.mayBeMade.has(String(row.name)), `nobody asked for ${row.name}`)
    }
    const script = new Client(site.url)
    const tries = told.made.map(async ({ uuid, name, password }) => {
      const { status } = await script.get(ME, { headers: basic('admin', password) })
      // Past the limit of failures, a refusal is 429.
      const isRight = after.has(uuid) ? status === 200 : status === 401 || status === 429
      t.true(isRight, `${name} in round ${round}: ${status}`)
    })
    await Promise.all(tries)
    totals.made += told.made.length
    totals.revoked += told.revoked.size
    totals.unanswered += told.mayBeMade.size + told.mayBeRevoked.size
  }
  t.log(totals)
  t.true(totals.revoked > ROUNDS * 5 && totals.unanswered > ROUNDS)
})

/** Issues and revokes by turns until nobody answers. @returns what should not have happened, if it did */
async function issueAndRevoke(owner: Client, nonce: string, told: Told, who: string, old: string | undefined) {
  const headers = { 'x-wp-nonce': nonce }

  async function issue(name: string): Promise<Made> {
    told.mayBeMade.add(name)
    const { status, json } = await owner.send('POST', APPLICATION_PASSWORDS, { headers, json: { name } })
    if (status !== 201) throw new UnexpectedAnswer(`${status} to ${name}`)
    told.mayBeMade.delete(name)
    told.made.push(json)
    told.onMade()
    return json
  }

  async function revoke(uuid: string): Promise<void> {
    told.mayBeRevoked.add(uuid)
    const { status } = await owner.send('DELETE', `${APPLICATION_PASSWORDS}/${uuid}`, { headers })
    if (status !== 200) throw new UnexpectedAnswer(`${status} to the revocation of ${uuid}`)
    told.mayBeRevoked.delete(uuid)
    told.revoked.add(uuid)
  }

  try {
    if (old) await revoke(old)
    for (let turn = 0; ; turn++) {
      const { uuid } = await issue(`${who}-${turn}`)
      if (turn % 2 === 1) await revoke(uuid)
    }
  } catch (error) {
    return error instanceof UnexpectedAnswer ? error.message : null
  }
}

class UnexpectedAnswer extends Error {}

/** Every application password but for its last use, by UUID. */
async function rowsOf(knex: Knex): Promise<Map<string, Record<string, unknown>>> {
  const rows: Record<string, unknown>[] = await knex('connect_application_passwords').orderBy('id')
  return new Map(rows.map(({ last_used: _used, last_ip: _ip, ...row }) => [String(row.uuid), row]))
}
