import { createBatch } from '../../database/batch.ts'
import type { Database } from '../../database/database.ts'
import { createSelectIn } from '../../database/select-in.ts'
import { sweepRows } from '../../database/sweep-rows.ts'
import type { User } from '../../users/user.ts'
import type { UserJoin } from '../../users/user-join.ts'
import type { Access } from '../grants/grant-rows.ts'

/**
 * Tokens of one grant that are kept, spent ones too. One refresh an hour makes 2,160 in the 90 days of a refresh token, so only
 * a client that refreshes in a loop loses some, and with them the notice of their second use.
 */
export const MAX_KEPT = { refresh: 2500, access: 200 }
/** Of those past it that go with one refresh: more than the one that it adds, so that none stay. */
const SURPLUS_BATCH = 200

export type TokenKind = 'access' | 'refresh' | 'code'

/** What the row of a code or refresh token says of its use. */
export interface TokenUse {
  /** When its first use was answered, in milliseconds since 1970; while that is under way, in the future. */
  consumed: number | null
  /** Uses that were answered with tokens, or are under way. */
  uses: number
}

export interface StoredToken {
  /** See `tokenHash()`. */
  hash: string
  kind: TokenKind
  grantId: string
  scope: string
  /** The resource that it is for (RFC 8707); null: the whole site. */
  audience: string | null
  /** What else oidc-provider keeps of it. */
  payload: object
  /** Unix seconds. */
  expires: number
}

/** What the check of a request needs to know, of the token and of its grant. */
export interface FoundAccessToken {
  scopes: readonly string[]
  audience: string | null
  expires: number
  grantId: string
  userId: string
  /** Undefined where the same SELECT could not tell; null if that user is gone. */
  user: User | null | undefined
  clientId: string
  clientName: string
  access: Access
  siteId: string
  siteUrl: string
}

export type TokenRows = ReturnType<typeof createTokenRows>

/**
 * The table of codes and tokens: statements only, no rules.
 *
 * @param userJoin null where users are the host's own
 */
export function createTokenRows(database: Database, userJoin: UserJoin | null) {
  const { knex, run } = database
  const table = database.table('oauth_tokens')
  const grants = database.table('oauth_grants')

  /** Only while the grant is there. */
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
    /** One SELECT for all requests that come together: see `createBatch()`. */
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
    /** Past {@link MAX_KEPT}, the grant's oldest go. */
    async deleteSurplus(grantId: string): Promise<void> {
      for (const kind of ['refresh', 'access'] as const) {
        const newestFirst = knex(table).where({ grant_id: grantId, kind }).orderBy('expires', 'desc')
        // MariaDB takes no OFFSET without a LIMIT.
        const surplus: string[] = await run(newestFirst.offset(MAX_KEPT[kind]).limit(SURPLUS_BATCH).pluck('hash'))
        if (surplus.length > 0) await run(knex(table).whereIn('hash', surplus).delete())
      }
    },
    /** What has expired. @returns how many went. */
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
