import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import { randomToken } from '../crypto/random-token.ts'
import type { Database } from '../database/database.ts'
import { sweepRows } from '../database/sweep-rows.ts'
import type { User } from '../users/user.ts'
import { nowInSeconds } from '../values/unix-seconds.ts'

/** A log-in lasts two days, or two weeks with "Remember Me", as in WordPress. */
export const SESSION_SECONDS = { plain: 2 * 24 * 3600, remembered: 14 * 24 * 3600 }

/** Log-ins that one user may have at once: more than anybody has browsers, and few enough that no user fills the table. */
export const MAX_SESSIONS = 100
/** Expired rows that one log-in deletes: more than the one that it adds, so that none stay. */
const SWEEP_BATCH = 200

export interface Session {
  userId: string
  /** Null for a session of before this was kept. */
  loggedIn: Date | null
}

export type Sessions = ReturnType<typeof createSessions>

/** Log-in sessions: random ids, stored hashed. */
export function createSessions(database: Database) {
  const { knex, run } = database
  const table = database.table('sessions')

  return {
    /** Deletes expired sessions of all users, a batch at a time. */
    async deleteExpired(): Promise<void> {
      await sweepRows(database, table, 'id_hash', SWEEP_BATCH, rows => rows.where('expires', '<=', nowInSeconds()))
    },
    /**
     * Past {@link MAX_SESSIONS}, the user's sessions that would expire first end.
     *
     * @returns the id, for the cookie; the table holds its hash only.
     */
    async start(userId: string, seconds: number, on: Knex): Promise<string> {
      const id = randomToken()
      const row = { id_hash: hashOf(id), user_id: userId, expires: nowInSeconds() + seconds, logged_in: Date.now() }
      const others = on(table).where('user_id', userId).whereNot('id_hash', row.id_hash)
      // MariaDB takes no OFFSET without a LIMIT; what is past this one goes at the next log-in.
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
    /** Nobody is told: a session has no event of its own. */
    async endAll(user: User, on: Knex): Promise<() => void> {
      await run(on(table).where('user_id', String(user.id)).delete())
      return () => {}
    },
  }
}

const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex')
