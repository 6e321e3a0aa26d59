import type { Knex } from 'knex'
import { createBatch } from '../database/batch.ts'
import { chunks } from '../database/chunks.ts'
import type { Database } from '../database/database.ts'
import type { Use } from '../database/last-use.ts'
import { recordUses } from '../database/record-uses.ts'
import { createSelectIn } from '../database/select-in.ts'
import type { UserJoin } from '../users/user-join.ts'
import {
  type ApplicationPassword,
  type ApplicationPasswordsRow,
  COLUMNS,
  type FoundApplicationPassword,
  fromStored,
  type StoredApplicationPassword,
  toApplicationPassword,
  toStored,
} from './application-password.ts'

export type ApplicationPasswordRows = ReturnType<typeof createApplicationPasswordRows>

/**
 * The table of application passwords. It contains statements only, no rules.
 *
 * @param userJoin null unless the site has embedded users
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
    /** One SELECT for all requests that arrive together: see `createBatch()`. */
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
     * Returns a function that finds a user's rows whose hash is not in the site's own format: imported rows, and rows
     * created under another `hash` option. One SELECT serves all requests that arrive together. Otherwise a flood of wrong
     * passwords would queue for the connections that right ones need.
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
    /** Updates the row only if it still holds `from`, so that two first uses at once do no harm. */
    async changeForm(uuid: string, from: string, to: { lookup: string; hash: string }): Promise<void> {
      await run(knex(table).where({ uuid, hash: from }).update(to))
    },
    async rename(userId: string, uuid: string, name: string): Promise<void> {
      await run(knex(table).where({ user_id: userId, uuid }).update({ name }))
    },
    /** @returns whether this call deleted the row: of two concurrent calls, one does */
    async delete(userId: string, uuid: string): Promise<boolean> {
      return (await run(knex(table).where({ user_id: userId, uuid }).delete())) > 0
    },
    /**
     * Deletes the rows that exist now. A row that is inserted meanwhile stays, because no event would report it as revoked.
     *
     * @returns the deleted rows, oldest first
     */
    async deleteAll(userId: string, on: Knex): Promise<ApplicationPassword[]> {
      const rows = await run(on<ApplicationPasswordsRow>(table).where('user_id', userId).orderBy('id'))
      const newest = rows.at(-1)
      if (newest) await run(on(table).where('user_id', userId).andWhere('id', '<=', newest.id).delete())
      return rows.map(toApplicationPassword)
    },
    /** Returns rows with their hashes, oldest first, for an export to another site. */
    async listStored(userId: string): Promise<StoredApplicationPassword[]> {
      return (await run(knex<ApplicationPasswordsRow>(table).where('user_id', userId).orderBy('id'))).map(toStored)
    },
    /**
     * Finds a row of any user. One SELECT serves all requests that arrive together, and the same holds for `wasImported`.
     */
    findByUuid,
    /** Whether this UUID was ever imported. */
    wasImported: async (uuid: string): Promise<boolean> => (await findImport(uuid)) ?? false,
    /** @param on a transaction: all rows are inserted, or none */
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

/** A row has nine values, and a statement takes only so many. */
const CHUNK = 90
