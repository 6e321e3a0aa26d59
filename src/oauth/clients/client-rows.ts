import type { Knex } from 'knex'
import { createBatch } from '../../database/batch.ts'
import type { Database } from '../../database/database.ts'
import { sweepRows } from '../../database/sweep-rows.ts'
import type { SigningAlgorithm } from '../provider/signing-keys.ts'
import type { ClientKeys } from './client-keys.ts'

/** An application that may ask users of this site for access. */
export interface Client {
  /** Digits. An application that describes itself by a document has no row here; its ID is that document's address. */
  clientId: string
  name: string
  description: string
  /** '' if it has none. */
  website: string
  redirectUris: readonly string[]
  /** `web` has a server, and a secret; `native` runs on the user's device, and has none. */
  type: 'web' | 'native'
  /** May leave PKCE and scope away, and gets one token for 14 days instead of refresh tokens. */
  legacy: boolean
  /** Registered itself: nobody of this site has looked at its name. */
  selfRegistered: boolean
  /** The user who registered it; null: the site itself, or a user who was deleted since. */
  ownerId: string | null
  /** Whether it has one; a public client has none. */
  hasSecret: boolean
  /** Unix seconds. */
  created: number
}

/** With what only the check of its secret may see. */
export interface StoredClient extends Omit<Client, 'hasSecret'> {
  /** Null: a public client. */
  secretHash: string | null
  /** By which its ID tokens are signed. */
  idTokenAlg: SigningAlgorithm
  /** With which it proves itself, if it does by keys. */
  keys: ClientKeys | null
}

export type ClientRows = ReturnType<typeof createClientRows>

/** The table of clients: statements only, no rules. */
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
    /** One SELECT for all requests that come together: see `createBatch()`. */
    async find(clientId: string): Promise<StoredClient | undefined> {
      return /^\d{1,20}$/.test(clientId) ? findById(clientId) : undefined
    },
    /** Whether the client is there, which nobody deletes before the transaction ends. */
    async keep(clientId: string, on: Knex): Promise<boolean> {
      return (await run(on(table).where('client_id', clientId).forUpdate().first('client_id'))) !== undefined
    },
    /** Newest first. @param ownerId those of one user only */
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
    /** The site keeps a user's clients. */
    async disown(ownerId: string, on: Knex): Promise<void> {
      await run(on(table).where('owner_id', ownerId).update({ owner_id: null }))
    },
    async insert(client: StoredClient, on: Knex = knex): Promise<void> {
      await run(on(table).insert(columnsOf(client)))
    },
    /** What is named only, so that two changes at once do not undo each other. @returns whether the client was there. */
    async update(clientId: string, changes: Partial<StoredClient>): Promise<boolean> {
      return (await run(knex(table).where('client_id', clientId).update(columnsOf(changes)))) > 0
    },
    async noteAuthorized(clientId: string, at: number): Promise<void> {
      await run(knex(table).where('client_id', clientId).update({ last_authorized: at }))
    },
    async delete(clientId: string, on: Knex): Promise<void> {
      await run(on(table).where('client_id', clientId).delete())
    },
    /** Registrations that no user ever approved. @returns how many went. */
    deleteExpired: (before: number, most: number): Promise<number> =>
      sweepRows(database, table, 'client_id', most, rows =>
        rows.where('self_registered', true).whereNull('last_authorized').where('created', '<', before),
      ),
  }
}

// By name: a database that was not migrated says so, instead of leaving values out.
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
  created: Number(row.created),
})

/** Knex leaves out what is undefined of an update. */
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
  created: client.created,
})
