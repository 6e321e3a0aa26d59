import type { Knex } from 'knex'
import { randomToken } from '../crypto/random-token.ts'
import type { Database } from '../database/database.ts'
import { sweepRows } from '../database/sweep-rows.ts'
import { ConnectError } from '../errors.ts'
import { nowInSeconds } from '../values/unix-seconds.ts'

/** Nothing takes a day to be made. */
const KEPT_SECONDS = 24 * 3600
/** More than one call adds, so that none stay. */
const SWEEP_BATCH = 50

/**
 * Holds what is being made for a user against what ends it meanwhile: a new password, the user's end, the revocation of all.
 * Each user has a row, which whoever ends locks and marks anew, and whoever makes locks and compares. So one of them comes first,
 * in every process, and what came first is seen by the other.
 */
export interface UserChanges {
  /** Begins to make something for a user: before what takes time, such as a slow hash. */
  begin(userId: string): Promise<Making>
  /** Notes a change, as the first statement of the transaction that ends something. */
  note(userId: string, on: Knex): Promise<void>
}

export interface Making {
  /**
   * Writes what was made, in a transaction.
   *
   * @throws ConnectError `account_changed` if a change came since the beginning; then nothing is written
   */
  write<T>(work: (on: Knex) => Promise<T>): Promise<T>
}

export function createUserChanges(database: Database): UserChanges {
  const { knex, run } = database
  const table = database.table('user_changes')

  /** @param on of a transaction, which then sees what others have written meanwhile */
  async function markOf(userId: string, on?: Knex): Promise<string> {
    const rows = (on ?? knex)<ChangesRow>(table).where('user_id', userId)
    const row = await run((on ? rows.forUpdate() : rows).first('mark'))
    return row?.mark ?? ''
  }

  /** Locks the user's row until the transaction ends; it is a write, so that SQLite locks too. */
  const lock = (userId: string, on: Knex) =>
    run(
      on(table)
        .insert({ user_id: userId, mark: '', touched: nowInSeconds() })
        .onConflict('user_id')
        .merge({ touched: nowInSeconds() }),
    )

  const sweep = () =>
    sweepRows(database, table, 'user_id', SWEEP_BATCH, rows =>
      rows.where('touched', '<', nowInSeconds() - KEPT_SECONDS),
    )

  return {
    async begin(userId) {
      const before = await markOf(userId)
      return {
        async write(work) {
          const made = await database.transaction(async on => {
            await lock(userId, on)
            if ((await markOf(userId, on)) !== before) throw new ConnectError('account_changed')
            return work(on)
          })
          await sweep()
          return made
        },
      }
    },
    async note(userId, on) {
      const row = { user_id: userId, mark: randomToken(), touched: nowInSeconds() }
      await run(on(table).insert(row).onConflict('user_id').merge())
    },
  }
}

interface ChangesRow {
  user_id: string
  mark: string
  touched: number | string
}
