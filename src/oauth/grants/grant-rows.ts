import type { Knex } from 'knex'
import { MAX_CHUNK } from '../../database/batch.ts'
import type { Database } from '../../database/database.ts'
import type { Use } from '../../database/last-use.ts'
import { recordUses } from '../../database/record-uses.ts'
import { sweepRows } from '../../database/sweep-rows.ts'
import { nowInSeconds } from '../../values/unix-seconds.ts'
import {
  type CountedGrant,
  fromGrant,
  type Grant,
  type GrantReference,
  type GrantRow,
  toCounted,
  toGrant,
  toReference,
} from './grant.ts'

export type GrantRows = ReturnType<typeof createGrantRows>

/** The table of grants. It contains statements only, no rules. */
export function createGrantRows(database: Database) {
  const { knex, run } = database
  const table = database.table('oauth_grants')
  const tokens = database.table('oauth_tokens')

  /**
   * Always deletes in this order, so that two transactions cannot deadlock.
   *
   * @returns how many grants were deleted
   */
  async function deleteAll(on: Knex, grantIds: readonly string[]): Promise<number> {
    const deleted = await on(table).whereIn('grant_id', grantIds).delete()
    await on(tokens).whereIn('grant_id', grantIds).delete()
    return deleted
  }

  return {
    async insert(grant: Grant, on: Knex): Promise<void> {
      await run(on(table).insert({ ...fromGrant(grant), payload: '{}' }))
    },
    async countOfUser(userId: string, on: Knex): Promise<number> {
      const [row] = await run(on(table).where('user_id', userId).count({ grants: '*' }))
      return Number(row?.grants ?? 0)
    },
    /** Counts the other applications with a client ID metadata document that the user has authorized. */
    async countOtherDocumentClients({ userId, clientId }: Grant, on: Knex): Promise<number> {
      const others = on(table)
        .where('user_id', userId)
        .where('client_id', 'like', 'https://%')
        .whereNot('client_id', clientId)
      const [row] = await run(others.countDistinct({ clients: 'client_id' }))
      return Number(row?.clients ?? 0)
    },
    /**
     * Stores oidc-provider's own record.
     *
     * @returns whether the grant still exists
     */
    async keepPayload(grantId: string, payload: object): Promise<boolean> {
      return (
        (await run(
          knex(table)
            .where('grant_id', grantId)
            .update({ payload: JSON.stringify(payload) }),
        )) > 0
      )
    },
    async find(grantId: string): Promise<{ grant: Grant; payload: object } | undefined> {
      const row = await run(knex<GrantRow>(table).where('grant_id', grantId).first())
      return row && { grant: toGrant(row), payload: JSON.parse(row.payload) }
    },
    /** Returns a user's grants, oldest first, each with the number of codes and tokens that are valid now. */
    async list(userId: string): Promise<CountedGrant[]> {
      const alive = knex<{ grant_id: string; tokens: number | string }>(tokens)
        .where('expires', '>', nowInSeconds())
        .whereNull('consumed')
        .whereIn('grant_id', knex(table).where('user_id', userId).select('grant_id'))
        .groupBy('grant_id')
        .select('grant_id')
        .count({ tokens: '*' })
      const counts = new Map((await run(alive)).map(row => [String(row.grant_id), Number(row.tokens)]))
      const rows = await run(knex<GrantRow>(table).where('user_id', userId).orderBy('id'))
      return rows.map(row => toCounted(row, counts.get(row.grant_id) ?? 0))
    },
    /** Returns how many users have authorized each client, by client ID. Clients without users are missing. */
    async countUsers(): Promise<Map<string, number>> {
      const rows = await run(
        knex<GrantRow>(table).groupBy('client_id').select('client_id').countDistinct({ users: 'user_id' }),
      )
      return new Map(rows.map(row => [String(row.client_id), Number(row.users)]))
    },
    async reference(grantId: string): Promise<GrantReference | undefined> {
      const row = await run(knex<GrantRow>(table).where('grant_id', grantId).first('grant_id', 'user_id', 'client_id'))
      return row && toReference(row)
    },
    /**
     * Deletes grants with all of their tokens.
     *
     * @returns the grants that this call deleted: of two concurrent calls, only one returns each
     */
    async delete(grants: readonly GrantReference[], on: Knex): Promise<GrantReference[]> {
      const deleted: GrantReference[] = []
      for (const grant of grants) if ((await deleteAll(on, [grant.grantId])) > 0) deleted.push(grant)
      return deleted
    },
    /**
     * Deletes all grants of a client or of a user.
     *
     * @returns the deleted grants
     */
    async deleteAllOf(column: 'client_id' | 'user_id', id: string, on: Knex): Promise<GrantReference[]> {
      const deleted: GrantReference[] = []
      // In chunks: a statement takes a limited number of values.
      while (true) {
        const rows = await on<GrantRow>(table)
          .where(column, id)
          .limit(MAX_CHUNK)
          // Without the lock, MariaDB keeps returning rows that another transaction has deleted meanwhile, and this loop
          // never ends.
          .forUpdate()
          .select('grant_id', 'user_id', 'client_id')
        if (rows.length === 0) return deleted
        const ids = rows.map(({ grant_id }) => grant_id)
        await deleteAll(on, ids)
        deleted.push(...rows.map(toReference))
      }
    },
    recordUses: (uses: Use[]): Promise<void> => recordUses(database, table, 'grant_id', uses),
    /**
     * Deletes grants that have neither tokens nor a code on its way.
     *
     * @returns how many were deleted
     */
    deleteExpired: (before: number, most: number): Promise<number> =>
      sweepRows(database, table, 'grant_id', most, rows =>
        rows.where('created', '<', before).whereNotIn('grant_id', knex(tokens).select('grant_id')),
      ),
  }
}
