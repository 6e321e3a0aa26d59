import type { Database } from '../../database/database.ts'
import { sweepRows } from '../../database/sweep-rows.ts'

/**
 * Maximum number of copies for applications that no user has authorized, about 60 MB. Beyond it, new copies are not stored
 * and existing ones stay. Copies for authorized applications are limited per user: see `grants.ts`.
 */
export const MAX_UNUSED_COPIES = 2000

export type DocumentRows = ReturnType<typeof createDocumentRows>

/** The table of the last good copies of client ID metadata documents. It contains statements only, no rules. */
export function createDocumentRows(database: Database) {
  const { knex, run } = database
  const table = database.table('oauth_documents')
  const grants = database.table('oauth_grants')

  const isLetIn = async (clientId: string): Promise<boolean> =>
    (await run(knex(grants).where('client_id', clientId).first('client_id'))) !== undefined

  async function countUnused(): Promise<number> {
    const itsGrants = knex(grants)
      .select('client_id')
      .whereRaw('?? = ??', [`${grants}.client_id`, `${table}.client_id`])
    const [row] = await run(knex(table).whereNotExists(itsGrants).count({ copies: '*' }))
    return Number(row?.copies ?? 0)
  }

  return {
    async save(clientId: string, document: string, fetched: number): Promise<void> {
      const row = { client_id: clientId, document, fetched }
      if ((await run(knex(table).where({ client_id: clientId }).update(row))) > 0) return
      if ((await isLetIn(clientId)) || (await countUnused()) < MAX_UNUSED_COPIES) {
        await run(knex(table).insert(row).onConflict('client_id').ignore())
      }
    },
    /** @param since Unix seconds; older copies are ignored */
    async find(clientId: string, since: number): Promise<string | undefined> {
      const row = await run(knex(table).where({ client_id: clientId }).where('fetched', '>=', since).first('document'))
      return row?.document
    },
    async delete(clientId: string): Promise<void> {
      await run(knex(table).where({ client_id: clientId }).delete())
    },
    /**
     * @param before older copies are deleted
     * @param unusedBefore copies older than this are deleted if no user has authorized the application
     * @returns how many were deleted
     */
    deleteExpired: (before: number, unusedBefore: number, most: number): Promise<number> =>
      sweepRows(database, table, 'client_id', most, rows =>
        rows.where(old =>
          old
            .where('fetched', '<', before)
            .orWhere(unused =>
              unused.where('fetched', '<', unusedBefore).whereNotIn('client_id', knex(grants).select('client_id')),
            ),
        ),
      ),
  }
}
