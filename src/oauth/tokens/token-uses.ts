import type { Database } from '../../database/database.ts'
import type { TokenKind, TokenUse } from './token-rows.ts'

/** Until it has had its answer, a use counts as under way for this long. */
const MAX_ANSWER_MS = 10_000
/** How many further pairs one refresh token gives within its grace. */
const MAX_FURTHER_USES = 5

export type TokenUses = ReturnType<typeof createTokenUses>

/**
 * A code gives tokens once. So does a refresh token, but for a grace: an answer may be lost on its way, or a client may
 * refresh twice at once, and then the same token gives a further pair of the same grant.
 *
 * @param grace seconds; 0 for none
 */
export function createTokenUses(database: Database, grace: number) {
  const { knex, run } = database
  const table = database.table('oauth_tokens')
  const graceMs = (kind: TokenKind) => (kind === 'refresh' ? grace * 1000 : 0)

  return {
    /** Whether a request that began then brings a token that was spent: the holder has a copy, and the grant must end. */
    isReplay(kind: TokenKind, { consumed, uses }: TokenUse, began: number): boolean {
      // Of several at once, as impatient clients send them, none is a replay: that is what began after the first's answer.
      if (consumed === null || consumed >= began) return false
      return began - consumed > graceMs(kind) || uses > MAX_FURTHER_USES
    },
    /** @returns whether this use counts: of many at once, the first, and within the grace a few more. */
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
      // A process of version 0.3 counts no uses: its first one left a 0.
      return (await run(inGrace.update({ uses: knex.raw('case when uses < 1 then 2 else uses + 1 end') }))) > 0
    },
    /** A use of this request's came to nothing. If no other one got tokens, the token is as if it had not been used. */
    async takeBack(hash: string): Promise<void> {
      const changes = {
        // First: MariaDB looks at what it has changed already.
        consumed: knex.raw('case when uses <= 1 then null else consumed end'),
        uses: knex.raw('case when uses < 1 then 0 else uses - 1 end'),
      }
      await run(knex(table).where({ hash }).update(changes))
    },
    /** Its use has had its answer: from now on the grace runs, and then what comes with it is a replay. */
    async noteAnswered(hash: string): Promise<void> {
      const now = Date.now()
      await run(knex(table).where({ hash }).where('consumed', '>', now).update({ consumed: now }))
    },
  }
}
