import { createBatch } from '../database/batch.ts'
import type { Database } from '../database/database.ts'

/** An application password as the site keeps it. Times are Unix seconds. */
export interface ApplicationPassword {
  /** Random UUID; what pages and programs call it by. */
  uuid: string
  userId: string
  /** UUID of the application, as it said itself; '' if it said none. */
  appId: string
  name: string
  created: number
  lastUsed: number | null
  lastIp: string | null
}

/** With what only the check of a credential may see. */
export interface StoredApplicationPassword extends ApplicationPassword {
  /** Null for an imported slow hash until its first use. */
  lookup: string | null
  hash: string
}

export interface Use {
  uuid: string
  /** Unix seconds. */
  at: number
  ip: string | null
}

export type ApplicationPasswordRows = ReturnType<typeof createApplicationPasswordRows>

/** The table of application passwords: statements only, no rules. */
export function createApplicationPasswordRows(database: Database) {
  const { knex, run } = database
  const table = database.table('application_passwords')

  const findByLookup = createBatch(async (lookups: string[]) => {
    const rows = await run(knex<Row>(table).whereIn('lookup', lookups))
    return new Map(rows.map(row => [row.lookup as string, toStored(row)]))
  })

  return {
    /** One SELECT for all requests that come together: see `createBatch()`. */
    findByLookup,

    async insert(row: StoredApplicationPassword): Promise<void> {
      await run(knex(table).insert(fromStored(row)))
    },
    async list(userId: string): Promise<ApplicationPassword[]> {
      return (await run(knex<Row>(table).where('user_id', userId).orderBy('id'))).map(toApplicationPassword)
    },
    async find(userId: string, uuid: string): Promise<ApplicationPassword | undefined> {
      const row = await run(knex<Row>(table).where({ user_id: userId, uuid }).first())
      return row && toApplicationPassword(row)
    },
    /** A user's rows that are not in the site's own form: imported, or made under another `hash` option. */
    async listOtherForms(userId: string, ownForm: string): Promise<StoredApplicationPassword[]> {
      const notOwn = knex<Row>(table)
        .where('user_id', userId)
        .andWhere(or => or.whereNull('lookup').orWhereNot('lookup', 'like', `${ownForm}%`))
      return (await run(notOwn)).map(toStored)
    },
    /** Only if the row still holds `from`, so that two first uses at once do no harm. */
    async changeForm(uuid: string, from: string, to: { lookup: string; hash: string }): Promise<void> {
      await run(knex(table).where({ uuid, hash: from }).update(to))
    },
    async rename(userId: string, uuid: string, name: string): Promise<void> {
      await run(knex(table).where({ user_id: userId, uuid }).update({ name }))
    },
    /** @returns whether this call deleted it: of two at once, one does. */
    async delete(userId: string, uuid: string): Promise<boolean> {
      return (await run(knex(table).where({ user_id: userId, uuid }).delete())) > 0
    },
    /** @returns what was deleted, oldest first. What is made meanwhile stays: it is not among those told to be revoked. */
    async deleteAll(userId: string): Promise<ApplicationPassword[]> {
      const rows = await run(knex<Row>(table).where('user_id', userId).orderBy('id'))
      const newest = rows.at(-1)
      if (newest) await run(knex(table).where('user_id', userId).andWhere('id', '<=', newest.id).delete())
      return rows.map(toApplicationPassword)
    },
    /**
     * By UPDATE only, so that a use can never bring a revoked row back; never back in time. Row by row, without a
     * transaction: it needs none, and one would make a revocation wait for all of them, or be its deadlock's victim.
     */
    async recordUses(uses: Use[]): Promise<void> {
      for (const { uuid, at, ip } of uses) {
        await run(
          knex(table)
            .where('uuid', uuid)
            .andWhere(or => or.whereNull('last_used').orWhere('last_used', '<=', at))
            .update({ last_used: at, last_ip: ip }),
        )
      }
    },
  }
}

interface Row {
  id: number | string
  uuid: string
  user_id: string
  app_id: string
  name: string
  lookup: string | null
  hash: string
  created: number | string
  last_used: number | string | null
  last_ip: string | null
}

const toApplicationPassword = (row: Row): ApplicationPassword => ({
  uuid: row.uuid,
  userId: row.user_id,
  appId: row.app_id,
  name: row.name,
  // PostgreSQL's driver gives a bigint as a string.
  created: Number(row.created),
  lastUsed: row.last_used === null ? null : Number(row.last_used),
  lastIp: row.last_ip,
})

const toStored = (row: Row): StoredApplicationPassword => ({
  ...toApplicationPassword(row),
  lookup: row.lookup,
  hash: row.hash,
})

const fromStored = (stored: StoredApplicationPassword) => ({
  uuid: stored.uuid,
  user_id: stored.userId,
  app_id: stored.appId,
  name: stored.name,
  lookup: stored.lookup,
  hash: stored.hash,
  created: stored.created,
  last_used: stored.lastUsed,
  last_ip: stored.lastIp,
})
