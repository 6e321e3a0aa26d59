import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import { randomToken } from '../crypto/random-token.ts'
import type { Database } from '../database/database.ts'
import { sweepRows } from '../database/sweep-rows.ts'
import type { User } from '../users/user.ts'
import { nowInSeconds } from '../values/unix-seconds.ts'

/** A login lasts two days, or two weeks with "Remember Me", as in WordPress. */
export const SESSION_SECONDS = { plain: 2 * 24 * 3600, remembered: 14 * 24 * 3600 }

/**
 * Maximum number of sessions per user: more than a person has browsers, and few enough that a user cannot fill the table.
 */
export const MAX_SESSIONS = 100
/** Expired rows that one login deletes: more than the one that it adds, so that none are left over. */
const SWEEP_BATCH = 200

export interface Session {
  userId: string
  /** Null for a session from a version that did not store it. */
  loggedIn: Date | null
}

export type Sessions = ReturnType<typeof createSessions>

/** Stores sessions: random ids, saved as hashes. */
export function createSessions(database: Database) {
  const { knex, run } = database
  const table = database.table('sessions')

  return {
    /** Deletes one batch of expired sessions, of all users. */
    async deleteExpired(): Promise<void> {
      await sweepRows(database, table, 'id_hash', SWEEP_BATCH, rows => rows.where('expires', '<=', nowInSeconds()))
    },
    /**
     * Starts a session. Beyond {@link MAX_SESSIONS}, the user's sessions that would expire first are deleted.
     *
     * @returns the id, for the cookie; the table contains only its hash
     */
    async start(userId: string, seconds: number, on: Knex): Promise<string> {
      const id = randomToken()
      const row = { id_hash: hashOf(id), user_id: userId, expires: nowInSeconds() + seconds, logged_in: Date.now() }
      const others = on(table).where('user_id', userId).whereNot('id_hash', row.id_hash)
      // MariaDB requires a LIMIT with OFFSET. Rows beyond it are deleted at the next login.
      const surplus = others
        .orderBy('expires', 'desc')
        .offset(MAX_SESSIONS - 1)
        .limit(SWEEP_BATCH)
        .pluck('id_hash')
      await run(on(table).insert(row))
      const ending: string[] = await run(surplus)
      if (ending.length > 0) await run(on(table).whereIn('id_hash', ending).delete())
      return id
    },
    async find(id: string): Promise<Session | null> {
      if (!/^[\w-]{43}$/.test(id)) return null
      const row = await run(
        knex(table).where('id_hash', hashOf(id)).andWhere('expires', '>', nowInSeconds()).first('user_id', 'logged_in'),
      )
      return row
        ? { userId: row.user_id, loggedIn: row.logged_in === null ? null : new Date(Number(row.logged_in)) }
        : null
    },
    async end(id: string): Promise<void> {
      await run(knex(table).where('id_hash', hashOf(id)).delete())
    },
    /** Sessions have no events to emit. */
    async endAll(user: User, on: Knex): Promise<() => void> {
      await run(on(table).where('user_id', String(user.id)).delete())
      return () => {}
    },
  }
}

const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex')
