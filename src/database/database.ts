import { setTimeout as wait } from 'node:timers/promises'
import type { Knex } from 'knex'
import { ConnectError } from '../errors.ts'
import { isLocked, transact } from './dialect.ts'
import { withoutMappers } from './own-knex.ts'

/** What has not answered by then is away: whoever asked is told so instead of waiting on. */
const MAX_WAIT_MS = 5_000
/** Statements under way and in the queue for a connection. Past it the answer is 503 at once, and memory stays flat. */
const MAX_AT_ONCE = 1_000
const TRY_AGAIN_MS = 50

/** The host's Knex, seen through this package's table prefix and its one kind of database error. */
export interface Database {
  readonly knex: Knex
  /** The full name of one of our tables. */
  table(name: string): string
  /**
   * Awaits a query, or what a function begins, for a few seconds at most. What the driver throws, and what takes longer,
   * becomes a 503 `database_unavailable`, never a refusal.
   */
  run<T>(query: PromiseLike<T> | (() => PromiseLike<T>)): Promise<T>
  /** All that `work` writes with the Knex it is given, or nothing of it. It runs again where SQLite was locked. */
  transaction<T>(work: (knex: Knex) => Promise<T>): Promise<T>
}

export function createDatabase(hosts: Knex, tablePrefix: string): Database {
  const knex = withoutMappers(hosts)
  let atOnce = 0

  /** @param attempt starts the work, and again as long as another process holds SQLite's lock: then nothing was done. */
  function within<T>(deadline: Deadline, attempt: () => PromiseLike<T>, mayRepeat: boolean): Promise<T> {
    if (atOnce >= MAX_AT_ONCE) return Promise.reject(new ConnectError('database_unavailable'))
    atOnce++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        deadline.isOver = true
        reject(databaseError(tooLate()))
      }, MAX_WAIT_MS)
      attempts(deadline, attempt, mayRepeat)
        .then(resolve, error => reject(databaseError(error)))
        .finally(() => {
          // Not before it has really ended: until then it holds a place in the pool, or in its queue.
          atOnce--
          clearTimeout(timer)
        })
    })
  }

  return {
    knex,
    table: name => tablePrefix + name,
    run(query) {
      const deadline = new Deadline()
      if (typeof query === 'function') return within(deadline, query, true)
      if (!isStatement(query)) return within(deadline, () => query, false)
      // Knex gives up a connection that does not answer, so that the pool gets another one.
      query.timeout(MAX_WAIT_MS)
      query.on('query', () => deadline.check())
      // Of a transaction only the whole can be repeated.
      return within(deadline, () => query, !query.client?.transacting)
    },
    transaction(work) {
      const deadline = new Deadline()
      const attempt = () =>
        transact(knex, async transaction => {
          deadline.check()
          const result = await work(transaction)
          deadline.check()
          return result
        })
      return within(deadline, attempt, true)
    },
  }
}

/** What waited too long for a connection, or took too long, must not happen after all: its caller was told that it has not. */
class Deadline {
  isOver = false

  check(): void {
    if (this.isOver) throw tooLate()
  }
}

const tooLate = () => new Error(`The database has not answered within ${MAX_WAIT_MS / 1000} seconds.`)

async function attempts<T>(deadline: Deadline, attempt: () => PromiseLike<T>, mayRepeat: boolean): Promise<T> {
  while (true) {
    try {
      return await attempt()
    } catch (error) {
      if (!mayRepeat || deadline.isOver || !isLocked(error)) throw error
      await wait(TRY_AGAIN_MS)
    }
  }
}

/** What Knex's queries and raw statements have, and a promise has not. */
interface Statement {
  timeout(milliseconds: number): unknown
  on(event: 'query', listener: () => void): unknown
  client?: { transacting?: boolean }
}

const isStatement = <T>(query: PromiseLike<T>): query is PromiseLike<T> & Statement =>
  'timeout' in query && typeof query.timeout === 'function' && 'on' in query && typeof query.on === 'function'

/** The one error that callers see; its cause is for the host. */
export function databaseError(error: unknown): ConnectError {
  return error instanceof ConnectError
    ? error
    : new ConnectError('database_unavailable', { cause: withoutStatement(error) })
}

/** Knex puts the whole statement with its values before the driver's own words; values belong in no log. */
function withoutStatement(error: unknown): Error {
  const { message, code, name = 'Error' } = error as { message?: string; code?: string; name?: string }
  const words = String(message ?? error)
  const separator = words.lastIndexOf(' - ')
  return Object.assign(new Error(separator < 0 ? words : words.slice(separator + 3)), { code, name })
}
