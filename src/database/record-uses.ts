import type { Database } from './database.ts'
import type { Use } from './last-use.ts'

/**
 * Writes `last_used` and `last_ip`. By UPDATE only, so that a use can never bring a revoked row back; never back in time.
 * Row by row, without a transaction: it needs none, and one would make a revocation wait for all of them, or be its
 * deadlock's victim.
 */
export async function recordUses({ knex, run }: Database, table: string, idColumn: string, uses: Use[]): Promise<void> {
  for (const { id, at, ip } of uses) {
    await run(
      knex(table)
        .where(idColumn, id)
        .andWhere(or => or.whereNull('last_used').orWhere('last_used', '<=', at))
        .update({ last_used: at, last_ip: ip }),
    )
  }
}
