import type { Database } from '../../database/database.ts'
import type { TokenKind, TokenUse } from './token-rows.ts'

/** A use without a response counts as being processed for this long. */
const MAX_ANSWER_MS = 10_000
/** Maximum number of extra token pairs from one refresh token within its grace period. */
const MAX_FURTHER_USES = 5

export type TokenUses = ReturnType<typeof createTokenUses>

/**
 * Records the use of codes and refresh tokens. A code gives tokens once. A refresh token does too, except within a grace
 * period: a response may be lost, or a client may refresh twice at once. Then the same token gives another pair of the same
 * grant.
 *
 * @param grace seconds; 0 for none
 */
export function createTokenUses(database: Database, grace: number) {
  const { knex, run } = database
  const table = database.table('oauth_tokens')
  const graceMs = (kind: TokenKind) => (kind === 'refresh' ? grace * 1000 : 0)

  return {
    /**
     * Whether a request that began at `began` uses a spent token. Then the token may be a stolen copy, and the grant must
     * end.
     */
    isReplay(kind: TokenKind, { consumed, uses }: TokenUse, began: number): boolean {
      // Simultaneous requests, as impatient clients send them, are not replays: a replay begins after the first response.
      if (consumed === null || consumed >= began) return false
      return began - consumed > graceMs(kind) || uses > MAX_FURTHER_USES
    },
    /** @returns whether this use is allowed: of many concurrent ones the first, and a few more within the grace period */
    async consume(kind: TokenKind, hash: string): Promise<boolean> {
      const now = Date.now()
      const row = knex(table).where({ hash, kind })
      const first = row
        .clone()
        .whereNull('consumed')
        .update({ consumed: now + MAX_ANSWER_MS, uses: 1 })
      if ((await run(first)) > 0) return true
      if (graceMs(kind) === 0) return false
      const inGrace = row
        .clone()
        .where('consumed', '>=', now - graceMs(kind))
        .where('uses', '<=', MAX_FURTHER_USES)
      // Version 0.3 did not count uses: after a first use the column is 0.
      return (await run(inGrace.update({ uses: knex.raw('case when uses < 1 then 2 else uses + 1 end') }))) > 0
    },
    /** Undoes a use after its request has failed. If no other use got tokens, the token counts as unused again. */
    async takeBack(hash: string): Promise<void> {
      const changes = {
        // This column first: MariaDB evaluates later assignments with values that were already changed.
        consumed: knex.raw('case when uses <= 1 then null else consumed end'),
        uses: knex.raw('case when uses < 1 then 0 else uses - 1 end'),
      }
      await run(knex(table).where({ hash }).update(changes))
    },
    /** Records that the response was sent. From now on the grace period runs; later uses are replays. */
    async noteAnswered(hash: string): Promise<void> {
      const now = Date.now()
      await run(knex(table).where({ hash }).where('consumed', '>', now).update({ consumed: now }))
    },
  }
}
