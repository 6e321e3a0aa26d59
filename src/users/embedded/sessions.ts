import { createHash } from 'node:crypto'
import type { Knex } from 'knex'
import type { Database } from '../../database/database.ts'
import { randomToken } from '../../hashes/random-token.ts'
import { nowInSeconds } from '../../seconds.ts'
import type { User } from '../user.ts'

/** A log-in lasts two days, or two weeks with "Remember Me", as in WordPress. */
export const SESSION_SECONDS = { plain: 2 * 24 * 3600, remembered: 14 * 24 * 3600 }

export type Sessions = ReturnType<typeof createSessions>

/** Log-in sessions: random ids, stored hashed. */
export function createSessions(database: Database) {
  const { knex, run } = database
  const table = database.table('sessions')

  return {
    /** Drops what has expired, of all users. */
    async sweep(): Promise<void> {
      await run(knex(table).where('expires', '<=', nowInSeconds()).delete())
    },
    /** @returns the id, for the cookie; the table holds its hash only. */
    async start(userId: string, seconds: number, on: Knex): Promise<string> {
      const id = randomToken()
      await run(on(table).insert({ id_hash: hashOf(id), user_id: userId, expires: nowInSeconds() + seconds }))
      return id
    },
    /** @returns the id of the user whose session it is. */
    async find(id: string): Promise<string | null> {
      if (!/^[\w-]{43}$/.test(id)) return null
      const row = await run(
        knex(table).where('id_hash', hashOf(id)).andWhere('expires', '>', nowInSeconds()).first('user_id'),
      )
      return row?.user_id ?? null
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
