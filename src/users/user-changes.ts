import type { Knex } from 'knex'
import { randomToken } from '../crypto/random-token.ts'
import type { Database } from '../database/database.ts'
import { sweepRows } from '../database/sweep-rows.ts'
import { ConnectError } from '../errors.ts'
import { nowInSeconds } from '../values/unix-seconds.ts'

/** Longer than anything takes to create. */
const KEPT_SECONDS = 24 * 3600
/** Each call adds one row and deletes up to this many, so that old rows cannot pile up. */
const SWEEP_BATCH = 50

/**
 * Detects that something is being created for a user while a change ends such things: a new password, the deletion of the
 * user, the revocation of all application passwords. Each user has a row. A change locks the row and writes a new mark. A
 * creation locks the row and compares the mark. So in every process one of the two comes first, and the other sees it.
 */
export interface UserChanges {
  /** Starts to create something for a user. Call it before any slow work, such as a slow hash. */
  begin(userId: string): Promise<Making>
  /** Locks a user's row, or a row of another name, until the transaction ends. */
  lock(name: string, on: Knex): Promise<void>
  /** Records a change. Call it as the first statement of the transaction that ends something. */
  note(userId: string, on: Knex): Promise<void>
}

export interface Making {
  /**
   * Writes what was created, in a transaction.
   *
   * @throws ConnectError `account_changed` if there was a change since `begin()`; then nothing is written
   */
  write<T>(work: (on: Knex) => Promise<T>): Promise<T>
}

export function createUserChanges(database: Database): UserChanges {
  const { knex, run } = database
  const table = database.table('user_changes')

  /** @param on a transaction, which also sees what others have written meanwhile */
  async function markOf(userId: string, on?: Knex): Promise<string> {
    const rows = (on ?? knex)<ChangesRow>(table).where('user_id', userId)
    const row = await run((on ? rows.forUpdate() : rows).first('mark'))
    return row?.mark ?? ''
  }

  /** It is a write, so that SQLite locks too. */
  async function lock(userId: string, on: Knex): Promise<void> {
    const touched = nowInSeconds()
    await run(on(table).insert({ user_id: userId, mark: '', touched }).onConflict('user_id').merge({ touched }))
  }

  /** @param exceptId whose mark is still needed */
  const sweep = (exceptId: string) =>
    sweepRows(database, table, 'user_id', SWEEP_BATCH, rows =>
      rows.where('touched', '<', nowInSeconds() - KEPT_SECONDS).whereNot('user_id', exceptId),
    )

  return {
    lock,
    async begin(userId) {
      const before = await markOf(userId)
      // Not after the write: an error then would be reported for something that was created.
      await sweep(userId)
      return {
        write: work =>
          database.transaction(async on => {
            await lock(userId, on)
            if ((await markOf(userId, on)) !== before) throw new ConnectError('account_changed')
            return work(on)
          }),
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
