import { setImmediate } from 'node:timers/promises'
import { chunks } from '../database/chunks.ts'
import type { Database } from '../database/database.ts'
import { sweepRows } from '../database/sweep-rows.ts'
import { upsertAll } from '../database/upsert.ts'
import { nowInSeconds } from '../values/unix-seconds.ts'
import type { CounterKey, CounterStore } from './counter-store.ts'

/** Rows per statement. */
const CHUNK = 200
const SWEEP_EVERY_MS = 60_000
/** Allows for clock differences. */
const GRACE_SECONDS = 60

interface ThrottleRow {
  key: string
  points: number
  expires: number
}

/** What to add, by key. */
type Sums = Map<string, { seconds: number; points: number }>

/**
 * Counts in a table that all processes of a database share. Attempts that arrive while a statement runs go into the next
 * one. So a flood of attempts needs one connection and few statements, however many rows it changes. (The stores of
 * rate-limiter-flexible need a connection and one to four statements for each key.)
 */
export function createDatabaseStore(database: Database, report: (error: unknown) => void) {
  const { knex, run } = database
  const table = database.table('throttle')
  let gathering: { sums: Sums; written: Promise<Map<string, ThrottleRow>> } | undefined
  let underWay: Promise<unknown> = Promise.resolve()
  let lastSweep = 0
  let sweeping = Promise.resolve()

  function begin() {
    const sums: Sums = new Map()
    const written = underWay
      .then(() => setImmediate())
      .then(() => {
        gathering = undefined
        const statements = write(sums)
        underWay = statements.catch(() => {})
        return statements
      })
    return { sums, written }
  }

  async function write(sums: Sums): Promise<Map<string, ThrottleRow>> {
    const now = nowInSeconds()
    const rows = [...sums].map(([key, { seconds, points }]) => ({ key, points, expires: now + seconds }))
    // Every process locks rows in the same order; otherwise two could deadlock.
    rows.sort((a, b) => (a.key < b.key ? -1 : 1))
    const written = new Map<string, ThrottleRow>()
    for (const some of chunks(rows, CHUNK)) {
      for (const row of await writeChunk(some, now)) {
        written.set(row.key, { key: row.key, points: Number(row.points), expires: Number(row.expires) })
      }
    }
    sweepInPassing()
    return written
  }

  const writeChunk = (rows: ThrottleRow[], now: number): Promise<ThrottleRow[]> =>
    upsertAll(database, table, 'key', rows, given => ({
      // In this order, because MariaDB evaluates later assignments with the new values. Points that were taken back after
      // the window has ended must not become a credit.
      points: knex.raw('case when ??.expires <= ? or ??.points < 0 then ?? else ??.points + ?? end', [
        table,
        now,
        table,
        knex.raw(given('points')),
        table,
        knex.raw(given('points')),
      ]),
      expires: knex.raw('case when ??.expires <= ? then ?? else ??.expires end', [
        table,
        now,
        knex.raw(given('expires')),
        table,
      ]),
    }))

  function sweepInPassing(): void {
    if (Date.now() - lastSweep < SWEEP_EVERY_MS) return
    lastSweep = Date.now()
    sweeping = sweep().catch(report)
  }

  async function sweep(): Promise<void> {
    const before = nowInSeconds() - GRACE_SECONDS
    const batch = () => sweepRows(database, table, 'key', CHUNK, rows => rows.where('expires', '<=', before))
    while ((await batch()) === CHUNK) await setImmediate()
  }

  /** Returns the sum after this attempt, which is its position among those added together. */
  function gather(sums: Sums, { key, seconds }: CounterKey, points: number): number {
    const sum = sums.get(key) ?? { seconds, points: 0 }
    sum.points += points
    sums.set(key, sum)
    return sum.points
  }

  const counts: CounterStore = {
    async add(counted, points) {
      gathering ??= begin()
      const { sums, written } = gathering
      const places = counted.map(each => gather(sums, each, points))
      const rows = await written
      const now = nowInSeconds()
      return counted.map(({ key, seconds }, index) => {
        const row = rows.get(key) ?? { points: 0, expires: now + seconds }
        const added = sums.get(key)?.points ?? 0
        return { points: Math.max(0, row.points - added + (places[index] ?? 0)), secondsLeft: row.expires - now }
      })
    },
    async forget({ key }) {
      await run(knex(table).where({ key }).delete())
    },
  }
  return {
    ...counts,
    /** Waits for background work. */
    finished: () => sweeping,
  }
}
