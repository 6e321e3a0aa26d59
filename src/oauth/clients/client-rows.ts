import type { Knex } from 'knex'
import { createBatch } from '../../database/batch.ts'
import type { Database } from '../../database/database.ts'
import { sweepRows } from '../../database/sweep-rows.ts'
import type { SigningAlgorithm } from '../provider/signing-keys.ts'
import type { ClientKeys } from './client-keys.ts'

/** An application that may ask users of this site for access. */
export interface Client {
  /**
   * Digits. An application that describes itself by a client ID metadata document has no row here; its ID is the document's
   * URL.
   */
  clientId: string
  name: string
  description: string
  /** '' if it has none. */
  website: string
  redirectUris: readonly string[]
  /** `web`: runs on a server, and has a secret. `native`: runs on the user's device, and has none. */
  type: 'web' | 'native'
  /** PKCE and scope are optional, and it gets one token for 14 days instead of refresh tokens. */
  legacy: boolean
  /** The application registered itself, so the site's operators have not verified its name. */
  selfRegistered: boolean
  /** Id of the user who registered it. Null if the site registered it, or if that user was deleted. */
  ownerId: string | null
  /** Whether it has a secret. A public client has none. */
  hasSecret: boolean
  /** Unix seconds. */
  created: number
}

/** A client with the columns that only its authentication may read. */
export interface StoredClient extends Omit<Client, 'hasSecret'> {
  /** Null for a public client. */
  secretHash: string | null
  /** Whether the user who registered it managed only their own clients then. It counts once that user is deleted. */
  unverified: boolean
  /** The algorithm that signs its ID tokens. */
  idTokenAlg: SigningAlgorithm
  /** The keys that the client authenticates with, if it uses keys. */
  keys: ClientKeys | null
}

export type ClientRows = ReturnType<typeof createClientRows>

/** The table of clients. It contains statements only, no rules. */
export function createClientRows(database: Database) {
  const { knex, run } = database
  const table = database.table('oauth_clients')

  const findById = createBatch(async (ids: string[]) => {
    const rows = await run(
      knex<ClientRow>(table)
        .whereIn('client_id', ids)
        .select<ClientRow[]>([...COLUMNS]),
    )
    return new Map(rows.map(row => [row.client_id, toStored(row)]))
  })

  return {
    /** One SELECT for all requests that arrive together: see `createBatch()`. */
    async find(clientId: string): Promise<StoredClient | undefined> {
      return /^\d{1,20}$/.test(clientId) ? findById(clientId) : undefined
    },
    /** Whether the client exists. It also locks the row, so that it cannot be deleted before the transaction ends. */
    async keep(clientId: string, on: Knex): Promise<boolean> {
      return (await run(on(table).where('client_id', clientId).forUpdate().first('client_id'))) !== undefined
    },
    /**
     * Returns clients, newest first.
     *
     * @param ownerId only the clients of this user
     */
    async list(ownerId?: string): Promise<StoredClient[]> {
      const rows = knex<ClientRow>(table)
        .select<ClientRow[]>([...COLUMNS])
        .orderBy('created', 'desc')
        .orderBy('client_id')
      return (await run(ownerId === undefined ? rows : rows.where('owner_id', ownerId))).map(toStored)
    },
    async countOfOwner(ownerId: string, on: Knex): Promise<number> {
      const [row] = await run(on(table).where('owner_id', ownerId).count({ clients: '*' }))
      return Number(row?.clients ?? 0)
    },
    /** Removes the owner from a user's clients; the site keeps them. */
    async disown(ownerId: string, on: Knex): Promise<void> {
      await run(on(table).where('owner_id', ownerId).update({ owner_id: null }))
    },
    async insert(client: StoredClient, on: Knex = knex): Promise<void> {
      await run(on(table).insert(columnsOf(client)))
    },
    /**
     * Updates only the given columns, so that two concurrent changes do not undo each other.
     *
     * @returns whether the client exists
     */
    async update(clientId: string, changes: Partial<StoredClient>): Promise<boolean> {
      return (await run(knex(table).where('client_id', clientId).update(columnsOf(changes)))) > 0
    },
    async noteAuthorized(clientId: string, at: number): Promise<void> {
      await run(knex(table).where('client_id', clientId).update({ last_authorized: at }))
    },
    async delete(clientId: string, on: Knex): Promise<void> {
      await run(on(table).where('client_id', clientId).delete())
    },
    /**
     * Deletes registrations that no user has ever authorized.
     *
     * @returns how many were deleted
     */
    deleteExpired: (before: number, most: number): Promise<number> =>
      sweepRows(database, table, 'client_id', most, rows =>
        rows.where('self_registered', true).whereNull('last_authorized').where('created', '<', before),
      ),
  }
}

// Name the columns: on a database without the newest migrations, the query then fails instead of returning rows without
// them.
const COLUMNS = [
  'client_id',
  'secret_hash',
  'id_token_alg',
  'jwks',
  'name',
  'description',
  'website',
  'redirect_uris',
  'type',
  'legacy',
  'self_registered',
  'owner_id',
  'unverified',
  'created',
] as const

interface ClientRow {
  client_id: string
  secret_hash: string | null
  id_token_alg: SigningAlgorithm
  jwks: string | null
  name: string
  description: string
  website: string
  redirect_uris: string
  type: 'web' | 'native'
  legacy: boolean | number
  self_registered: boolean | number
  owner_id: string | null
  unverified: boolean | number
  created: number | string
  last_authorized: number | string | null
}

const toStored = (row: ClientRow): StoredClient => ({
  clientId: row.client_id,
  secretHash: row.secret_hash,
  idTokenAlg: row.id_token_alg,
  keys: row.jwks === null ? null : JSON.parse(row.jwks),
  name: row.name,
  description: row.description,
  website: row.website,
  redirectUris: JSON.parse(row.redirect_uris),
  type: row.type,
  legacy: Boolean(row.legacy),
  selfRegistered: Boolean(row.self_registered),
  ownerId: row.owner_id,
  unverified: Boolean(row.unverified),
  created: Number(row.created),
})

/** Knex leaves undefined values out of an update. */
const columnsOf = (client: Partial<StoredClient>) => ({
  client_id: client.clientId,
  secret_hash: client.secretHash,
  id_token_alg: client.idTokenAlg,
  jwks: client.keys && JSON.stringify(client.keys),
  name: client.name,
  description: client.description,
  website: client.website,
  redirect_uris: client.redirectUris && JSON.stringify(client.redirectUris),
  type: client.type,
  legacy: client.legacy,
  self_registered: client.selfRegistered,
  owner_id: client.ownerId,
  unverified: client.unverified,
  created: client.created,
})
