import { createBatch } from '../../database/batch.ts'
import type { Database } from '../../database/database.ts'
import { createSelectIn } from '../../database/select-in.ts'
import { sweepRows } from '../../database/sweep-rows.ts'
import type { User } from '../../users/user.ts'
import type { UserJoin } from '../../users/user-join.ts'
import type { Access } from '../grants/grant.ts'

/**
 * Maximum number of stored tokens per grant, used ones included. One refresh per hour makes 2,160 in the 90 days of a
 * refresh token. So only a client that refreshes in a loop loses some, and their reuse is then no longer detected.
 */
export const MAX_KEPT = { refresh: 2500, access: 200 }
/** Maximum number of surplus tokens that one refresh deletes: more than the one it adds, so that none are left over. */
const SURPLUS_BATCH = 200

export type TokenKind = 'access' | 'refresh' | 'code'

/** How often a code or refresh token was used. */
export interface TokenUse {
  /**
   * When the response to its first use was sent, in milliseconds since 1970. In the future while that use is being
   * processed.
   */
  consumed: number | null
  /** Number of uses that got tokens or are being processed. */
  uses: number
}

export interface StoredToken {
  /** See `tokenHash()`. */
  hash: string
  kind: TokenKind
  grantId: string
  scope: string
  /** The resource that the token is for (RFC 8707); null for the whole site. */
  audience: string | null
  /** Further data that oidc-provider stores. */
  payload: object
  /** Unix seconds. */
  expires: number
}

/** The data of a token and its grant that authenticating a request needs. */
export interface FoundAccessToken {
  scopes: readonly string[]
  audience: string | null
  expires: number
  grantId: string
  userId: string
  /** Null if the user is gone; undefined if the SELECT had no user join. */
  user: User | null | undefined
  clientId: string
  clientName: string
  access: Access
  siteId: string
  siteUrl: string
}

export type TokenRows = ReturnType<typeof createTokenRows>

/**
 * The table of codes and tokens. It contains statements only, no rules.
 *
 * @param userJoin null unless the site has embedded users
 */
export function createTokenRows(database: Database, userJoin: UserJoin | null) {
  const { knex, run } = database
  const table = database.table('oauth_tokens')
  const grants = database.table('oauth_grants')

  /** Selects a token only while its grant exists. */
  const withGrant = () => knex(table).join(grants, `${grants}.grant_id`, `${table}.grant_id`)

  const selectTokens = createSelectIn<AccessRow>(database, hashes => {
    const select = withGrant()
      .whereIn(`${table}.hash`, hashes)
      .select(`${table}.hash`, `${table}.kind`, `${table}.scope`, `${table}.audience`, `${table}.expires`)
      .select(`${table}.grant_id`, `${grants}.user_id`, `${grants}.client_id`, `${grants}.client_name`)
      .select(`${grants}.access`, `${grants}.site_id`, `${grants}.site_url`)
    return userJoin ? userJoin.addTo(select, `${grants}.user_id`) : select
  })

  const findAccessToken = createBatch(async (hashes: string[]) => {
    const found = new Map<string, FoundAccessToken>()
    for (const row of await selectTokens(hashes)) {
      if (row.kind !== 'access') continue
      found.set(row.hash, toAccessToken(row, userJoin?.read(row, row.user_id)))
    }
    return found
  })

  return {
    /** One SELECT for all requests that arrive together: see `createBatch()`. */
    findAccessToken,

    async insert(token: StoredToken): Promise<void> {
      await run(
        knex(table).insert({
          hash: token.hash,
          kind: token.kind,
          grant_id: token.grantId,
          scope: token.scope,
          audience: token.audience,
          payload: JSON.stringify(token.payload),
          expires: token.expires,
        }),
      )
    },
    async find(kind: TokenKind, hash: string): Promise<({ payload: object } & TokenUse) | undefined> {
      const row = await run(
        withGrant()
          .where({ [`${table}.hash`]: hash, [`${table}.kind`]: kind })
          .first(`${table}.payload`, `${table}.consumed`, `${table}.uses`),
      )
      if (!row) return undefined
      const consumed = row.consumed === null ? null : Number(row.consumed)
      return { payload: JSON.parse(row.payload), consumed, uses: Number(row.uses) }
    },
    async delete(hash: string): Promise<void> {
      await run(knex(table).where({ hash }).delete())
    },
    /** Deletes the grant's oldest tokens beyond {@link MAX_KEPT}. */
    async deleteSurplus(grantId: string): Promise<void> {
      for (const kind of ['refresh', 'access'] as const) {
        const newestFirst = knex(table).where({ grant_id: grantId, kind }).orderBy('expires', 'desc')
        // MariaDB requires a LIMIT with OFFSET.
        const surplus: string[] = await run(newestFirst.offset(MAX_KEPT[kind]).limit(SURPLUS_BATCH).pluck('hash'))
        if (surplus.length > 0) await run(knex(table).whereIn('hash', surplus).delete())
      }
    },
    /**
     * Deletes expired tokens.
     *
     * @returns how many were deleted
     */
    deleteExpired: (before: number, most: number): Promise<number> =>
      sweepRows(database, table, 'hash', most, rows => rows.where('expires', '<', before)),
  }
}

interface AccessRow {
  hash: string
  kind: TokenKind
  scope: string
  audience: string | null
  expires: number | string
  grant_id: string
  user_id: string
  client_id: string
  client_name: string
  access: Access
  site_id: string
  site_url: string
}

const toAccessToken = (row: AccessRow, user: User | null | undefined): FoundAccessToken => ({
  scopes: row.scope.split(' ').filter(Boolean),
  audience: row.audience,
  expires: Number(row.expires),
  grantId: row.grant_id,
  userId: row.user_id,
  user,
  clientId: row.client_id,
  clientName: row.client_name,
  access: row.access,
  siteId: row.site_id,
  siteUrl: row.site_url,
})
