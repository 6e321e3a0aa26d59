import { setTimeout as wait } from 'node:timers/promises'
import type { Knex } from 'knex'
import { ConnectError } from '../errors.ts'
import { isLocked, transact } from './dialect.ts'
import { withoutMappers } from './own-knex.ts'

/** Give up after this long and report the database as unavailable. */
export const limits = { waitMs: 5_000 } // tests wait less
/**
 * Maximum number of statements that run or wait for a connection. Beyond it, requests get 503 at once, and memory stays
 * constant.
 */
const MAX_AT_ONCE = 1_000
const TRY_AGAIN_MS = 50

/** The host's Knex with this package's table prefix, and with a single kind of database error. */
export interface Database {
  readonly knex: Knex
  /** Returns the full name of one of our tables. */
  table(name: string): string
  /**
   * Awaits a query, or the result of a function, for a few seconds at most. A driver error or a timeout becomes a 503
   * `database_unavailable`, never a rejection of the request.
   */
  run<T>(query: PromiseLike<T> | (() => PromiseLike<T>)): Promise<T>
  /**
   * Runs `work` in a transaction: everything that it writes with the given Knex is kept, or nothing. It runs again if
   * SQLite was locked.
   */
  transaction<T>(work: (knex: Knex) => Promise<T>): Promise<T>
}

export function createDatabase(hosts: Knex, tablePrefix: string): Database {
  const knex = withoutMappers(hosts)
  let atOnce = 0

  /**
   * @param attempt starts the work. It is called again while another process holds SQLite's lock, because then nothing was
   * done
   */
  function within<T>(deadline: Deadline, attempt: () => PromiseLike<T>, mayRepeat: boolean): Promise<T> {
    if (atOnce >= MAX_AT_ONCE) return Promise.reject(new ConnectError('database_unavailable'))
    atOnce++
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        deadline.isOver = true
        reject(databaseError(tooLate()))
      }, limits.waitMs)
      attempts(deadline, attempt, mayRepeat)
        .then(resolve, error => reject(databaseError(error)))
        .finally(() => {
          // Only when it has really ended: until then it occupies a connection of the pool, or a place in its queue.
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
      // Makes Knex discard a connection that does not respond, so that the pool gets another one.
      query.timeout(limits.waitMs)
      query.on('query', () => deadline.check())
      // In a transaction, a single statement cannot be repeated.
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

/** Prevents work that has waited or run too long from taking effect: its caller was told that it failed. */
class Deadline {
  isOver = false

  check(): void {
    if (this.isOver) throw tooLate()
  }
}

const tooLate = () => new Error(`The database did not respond within ${limits.waitMs / 1000} seconds.`)

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

/** Members of Knex's queries and raw statements that promises do not have. */
interface Statement {
  timeout(milliseconds: number): unknown
  on(event: 'query', listener: () => void): unknown
  client?: { transacting?: boolean }
}

const isStatement = <T>(query: PromiseLike<T>): query is PromiseLike<T> & Statement =>
  'timeout' in query && typeof query.timeout === 'function' && 'on' in query && typeof query.on === 'function'

/** Converts an error to the single one that callers see. Its cause is for the host. */
export function databaseError(error: unknown): ConnectError {
  return error instanceof ConnectError
    ? error
    : new ConnectError('database_unavailable', { cause: withoutStatement(error) })
}

/** Knex puts the whole statement with its values before the driver's message. Values must not get into logs. */
function withoutStatement(error: unknown): Error {
  const { message, code, name = 'Error' } = error as { message?: string; code?: string; name?: string }
  const text = String(message ?? error)
  const separator = text.lastIndexOf(' - ')
  return Object.assign(new Error(separator < 0 ? text : text.slice(separator + 3)), { code, name })
}
