import { createHash, randomBytes } from 'node:crypto'
import type { Knex } from 'knex'
import type { Database } from '../../database/database.ts'

/** A log-in lasts two days, or two weeks with "Remember Me", as in WordPress. */
export const SESSION_SECONDS = { plain: 2 * 24 * 3600, remembered: 14 * 24 * 3600 }

export type Sessions = ReturnType<typeof createSessions>

/** Log-in sessions: random ids, stored hashed. */
export function createSessions(database: Database) {
  const { knex, run } = database
  const table = database.table('sessions')
  const now = () => Math.floor(Date.now() / 1000)

  return {
    /** @returns the id, for the cookie; the table holds its hash only. */
    async start(userId: string, seconds: number): Promise<string> {
      const id = randomBytes(32).toString('base64url')
      await run(knex(table).where('expires', '<=', now()).delete())
      await run(knex(table).insert({ id_hash: hashOf(id), user_id: userId, expires: now() + seconds }))
      return id
    },
    /** @returns the id of the user whose session it is. */
    async find(id: string): Promise<string | null> {
      if (!/^[\w-]{43}$/.test(id)) return null
      const row = await run(knex(table).where('id_hash', hashOf(id)).andWhere('expires', '>', now()).first('user_id'))
      return row?.user_id ?? null
    },
    async end(id: string): Promise<void> {
      await run(knex(table).where('id_hash', hashOf(id)).delete())
    },
    async endAll(userId: string, on: Knex): Promise<void> {
      await run(on(table).where('user_id', userId).delete())
    },
  }
}

const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex')
