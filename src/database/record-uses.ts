import type { Database } from './database.ts'
import type { Use } from './last-use.ts'

/**
 * Writes `last_used` and `last_ip`. It uses only UPDATE, so that a use cannot bring a revoked row back, and it never goes
 * back in time. It writes row by row without a transaction: none is needed, and a transaction would make a revocation wait
 * for all rows, or fail in a deadlock.
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
