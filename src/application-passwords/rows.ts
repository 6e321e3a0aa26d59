import type { Knex } from 'knex'
import { createBatch } from '../database/batch.ts'
import { chunks } from '../database/chunks.ts'
import type { Database } from '../database/database.ts'
import type { Use } from '../database/last-use.ts'
import { recordUses } from '../database/record-uses.ts'
import { createSelectIn } from '../database/select-in.ts'
import type { User } from '../users/user.ts'
import type { UserJoin } from '../users/user-join.ts'

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

/** As the check of a credential finds it. */
export interface FoundApplicationPassword {
  applicationPassword: ApplicationPassword
  hash: string
  /** Whose it is; undefined where the same SELECT could not tell, null if that user is gone. */
  holder?: User | null | undefined
}

export type ApplicationPasswordRows = ReturnType<typeof createApplicationPasswordRows>

/**
 * The table of application passwords: statements only, no rules.
 *
 * @param userJoin null where users are the host's own
 */
export function createApplicationPasswordRows(database: Database, userJoin: UserJoin | null) {
  const { knex, run } = database
  const table = database.table('application_passwords')
  const imports = database.table('application_password_imports')

  const selectByLookup = createSelectIn<ApplicationPasswordsRow>(database, lookups => {
    const select = knex(table)
      .whereIn('lookup', lookups)
      .select(COLUMNS.map(column => `${table}.${column}`))
    return userJoin ? userJoin.addTo(select, `${table}.user_id`) : select
  })

  const findByLookup = createBatch(async (lookups: string[]) => {
    const found = new Map<string, FoundApplicationPassword>()
    for (const row of await selectByLookup(lookups)) {
      const { hash } = row
      const applicationPassword = toApplicationPassword(row)
      const holder = userJoin?.read(row, row.user_id)
      found.set(row.lookup as string, { applicationPassword, hash, holder })
    }
    return found
  })

  const findByUuid = createBatch(async (uuids: string[]) => {
    const rows = await run(knex<ApplicationPasswordsRow>(table).whereIn('uuid', uuids))
    return new Map(rows.map(row => [row.uuid, toApplicationPassword(row)]))
  })

  const findImport = createBatch(async (uuids: string[]) => {
    const found: string[] = await run(knex(imports).whereIn('uuid', uuids).pluck('uuid'))
    return new Map(found.map(uuid => [uuid, true]))
  })

  return {
    /** One SELECT for all requests that come together: see `createBatch()`. */
    findByLookup,

    async insert(row: StoredApplicationPassword, on: Knex): Promise<void> {
      await run(on(table).insert(fromStored(row)))
    },
    async count(userId: string, on: Knex): Promise<number> {
      const [row] = await run(on(table).where('user_id', userId).count({ passwords: '*' }))
      return Number(row?.passwords ?? 0)
    },
    async list(userId: string): Promise<ApplicationPassword[]> {
      return (await run(knex<ApplicationPasswordsRow>(table).where('user_id', userId).orderBy('id'))).map(
        toApplicationPassword,
      )
    },
    async find(userId: string, uuid: string): Promise<ApplicationPassword | undefined> {
      const row = await run(knex<ApplicationPasswordsRow>(table).where({ user_id: userId, uuid }).first())
      return row && toApplicationPassword(row)
    },
    /**
     * What lists a user's rows that are not in the site's own form: imported, or made under another `hash` option. One
     * SELECT for all that come together, or a flood of wrong passwords would queue for the connections that right ones need.
     */
    otherForms(ownForm: string): (userId: string) => Promise<FoundApplicationPassword[] | undefined> {
      return createBatch(async userIds => {
        const notOwn = knex<ApplicationPasswordsRow>(table)
          .whereIn('user_id', userIds)
          .andWhere(or => or.whereNull('lookup').orWhereNot('lookup', 'like', `${ownForm}%`))
        const found = (await run(notOwn)).map(row => ({
          applicationPassword: toApplicationPassword(row),
          hash: row.hash,
        }))
        return Map.groupBy(found, ({ applicationPassword }) => applicationPassword.userId)
      })
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
    async deleteAll(userId: string, on: Knex): Promise<ApplicationPassword[]> {
      const rows = await run(on<ApplicationPasswordsRow>(table).where('user_id', userId).orderBy('id'))
      const newest = rows.at(-1)
      if (newest) await run(on(table).where('user_id', userId).andWhere('id', '<=', newest.id).delete())
      return rows.map(toApplicationPassword)
    },
    /** With their hashes, for another site that is to take them. Oldest first. */
    async listStored(userId: string): Promise<StoredApplicationPassword[]> {
      return (await run(knex<ApplicationPasswordsRow>(table).where('user_id', userId).orderBy('id'))).map(toStored)
    },
    /** Whoever's it is. One SELECT for all that come together, as the next one. */
    findByUuid,
    /** Whether this UUID was ever imported. */
    wasImported: async (uuid: string): Promise<boolean> => (await findImport(uuid)) ?? false,
    /** @param on of a transaction: all of them, or none */
    async insertImported(stored: readonly StoredApplicationPassword[], on: Knex): Promise<void> {
      for (const some of chunks(stored, CHUNK)) {
        await on(table).insert(some.map(fromStored))
        await on(imports)
          .insert(some.map(({ uuid }) => ({ uuid })))
          .onConflict('uuid')
          .ignore()
      }
    },
    recordUses: (uses: Use[]): Promise<void> => recordUses(database, table, 'uuid', uses),
  }
}

const COLUMNS = ['uuid', 'user_id', 'app_id', 'name', 'lookup', 'hash', 'created', 'last_used', 'last_ip'] as const

/** A row has nine values. */
const CHUNK = 90

interface ApplicationPasswordsRow {
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

const toApplicationPassword = (row: ApplicationPasswordsRow): ApplicationPassword => ({
  uuid: row.uuid,
  userId: row.user_id,
  appId: row.app_id,
  name: row.name,
  // PostgreSQL's driver gives a bigint as a string.
  created: Number(row.created),
  lastUsed: row.last_used === null ? null : Number(row.last_used),
  lastIp: row.last_ip,
})

const toStored = (row: ApplicationPasswordsRow): StoredApplicationPassword => ({
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
