import { randomInt } from 'node:crypto'
import type { Knex } from 'knex'
import { randomToken, tokenHash } from '../../crypto/random-token.ts'
import { isUniqueViolation } from '../../database/dialect.ts'
import { ConnectError } from '../../errors.ts'
import type { Making, UserChanges } from '../../users/changes.ts'
import { checkUserId, type User, type Users } from '../../users/user.ts'
import { nowInSeconds } from '../../values/unix-seconds.ts'
import type { Grants } from '../grants/grants.ts'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../provider/signing-keys.ts'
import { type ClientDetails, checkClientDetails, invalidMetadata } from './client-details.ts'
import type { ClientKeys } from './client-keys.ts'
import type { Client, ClientRows, StoredClient } from './client-rows.ts'

/** A new application, or one with a new secret. */
export interface CreatedClient {
  client: Client
  /** 43 letters, digits, `-` and `_`. Shown once, it cannot be read back. Null for a native client, which could not keep it. */
  secret: string | null
}

/** Register, list, change and delete clients: `connect.oauth.clients`. Whether the caller may is decided before. */
export interface Clients {
  /** @throws ConnectError `client_not_found` */
  get(clientId: string): Promise<Client>
  /** Newest first. @param owner those that this user registered only */
  list(owner?: Pick<User, 'id'>): Promise<Client[]>
  /**
   * @param owner who registers it; without one it is the site's own
   * @throws ConnectError `invalid_client_metadata`, `invalid_redirect_uri`; the message says what to change.
   * `account_changed` if there is no such owner, or none any more
   * @example
   * const { client, secret } = await connect.oauth.clients.create({
   *   name: 'Shop',
   *   redirectUris: ['https://shop.example/callback'],
   * })
   */
  create(details: ClientDetails, owner?: Pick<User, 'id'>): Promise<CreatedClient>
  /** What is not named stays. The type cannot be changed. @throws ConnectError as `create()` and `get()` */
  update(clientId: string, changes: Partial<Omit<ClientDetails, 'type'>>): Promise<Client>
  /** The old secret is refused at once. @throws ConnectError `client_not_found`, `client_has_no_secret` */
  rotateSecret(clientId: string): Promise<CreatedClient & { secret: string }>
  /**
   * Ends everything that users granted it, at once; also that of an application which describes itself by a document, whose
   * address is its ID. @throws ConnectError `client_not_found`
   */
  delete(clientId: string): Promise<void>
}

/** What the transaction of an application with an owner needs. */
interface Owned {
  making: Making
  most: number
}

/** Has a server that can keep a secret; of WordPress.com's kind, every client has one. */
const getsSecret = ({ type, legacy }: Pick<Client, 'type' | 'legacy'>) => type === 'web' || legacy

export function createClients(rows: ClientRows, grants: Grants, changes: UserChanges, users: Pick<Users, 'find'>) {
  async function stored(clientId: string): Promise<StoredClient> {
    const found = await rows.find(clientId)
    if (!found) throw new ConnectError('client_not_found')
    return found
  }

  async function write(clientId: string, changes: Partial<StoredClient>): Promise<void> {
    if (!(await rows.update(clientId, changes))) throw new ConnectError('client_not_found')
  }

  async function insert(
    checked: Required<ClientDetails> & Pick<Client, 'selfRegistered' | 'ownerId'>,
    isSecret: boolean,
    idTokenAlg: SigningAlgorithm,
    keys: ClientKeys | null,
    clientId = newClientId(),
    owned: Owned | null = null,
  ): Promise<CreatedClient> {
    const client = { ...checked, clientId, created: nowInSeconds() }
    const secret = isSecret ? randomToken() : null
    try {
      const row = { ...client, secretHash: secret && tokenHash(secret), idTokenAlg, keys }
      await (owned ? owned.making.write(on => insertOwned(row, owned.most, on)) : rows.insert(row))
    } catch (error) {
      throw isUniqueViolation(error) ? new ConnectError('client_exists') : error
    }
    return { client: { ...client, hasSecret: isSecret }, secret }
  }

  /** Counted when it is there, so that a form that is sent again is told that, and of several at once each counts the others. */
  async function insertOwned(row: StoredClient, most: number, on: Knex): Promise<void> {
    await rows.insert(row, on)
    if ((await rows.countOfOwner(row.ownerId ?? '', on)) > most)
      throw invalidMetadata('errors.invalid_client_metadata.too-many')
  }

  /** An owner who is deleted from here on leaves nothing behind; whoever believed in them may have done so before. */
  async function beginFor(ownerId: string): Promise<Making> {
    const making = await changes.begin(ownerId)
    if (!(await users.find(ownerId))) throw new ConnectError('account_changed')
    return making
  }

  /**
   * @param clientId of the new one; random if it is missing
   * @param most applications that the owner may have, with this one
   */
  async function create(
    details: ClientDetails,
    owner?: Pick<User, 'id'>,
    clientId?: string,
    most = Number.POSITIVE_INFINITY,
  ): Promise<CreatedClient> {
    const ownerId = owner ? checkUserId(owner.id) : null
    const owned = ownerId === null ? null : { making: await beginFor(ownerId), most }
    const { type = 'web', legacy = false, description = '', website = '' } = details
    const client = {
      ...checkClientDetails({ ...details, type, legacy, description, website }),
      selfRegistered: false,
      ownerId,
    }
    return insert(client, getsSecret(client), SIGNING_ALGORITHMS[0], null, clientId, owned)
  }

  const api: Clients = {
    get: async clientId => toClient(await stored(clientId)),
    list: async owner => (await rows.list(owner && checkUserId(owner.id))).map(toClient),
    create: (details, owner) => create(details, owner),
    async update(clientId, changes) {
      const before = await stored(clientId)
      const checked = checkClientDetails({ ...before, ...changes, type: before.type })
      if (checked.legacy && before.secretHash === null) {
        throw invalidMetadata('errors.invalid_client_metadata.legacy')
      }
      const named = Object.entries(checked).filter(([name]) => name !== 'type' && name in changes)
      if (named.length > 0) await write(clientId, Object.fromEntries(named))
      return api.get(clientId)
    },
    async rotateSecret(clientId) {
      const before = await stored(clientId)
      if (before.secretHash === null) throw new ConnectError('client_has_no_secret')
      const secret = randomToken()
      await write(clientId, { secretHash: tokenHash(secret) })
      return { client: toClient(before), secret }
    },
    async delete(clientId) {
      // One that describes itself by a document has no row here; what it was granted ends all the same.
      if (!/^https:\/\//i.test(clientId)) await stored(clientId)
      await grants.endAllOfClient(clientId, on => rows.delete(clientId, on))
    },
  }

  return {
    api,
    /** As the API's, with an ID chosen before and a bound. @throws ConnectError `client_exists` if a client has it already */
    createWithId: create,
    /** An application that registers itself (RFC 7591). @throws ConnectError as `create()` */
    register: (
      details: Required<Omit<ClientDetails, 'legacy'>>,
      isSecret: boolean,
      idTokenAlg: SigningAlgorithm,
      keys: ClientKeys | null,
    ): Promise<CreatedClient> =>
      insert(
        { ...checkClientDetails({ ...details, legacy: false }), selfRegistered: true, ownerId: null },
        isSecret,
        idTokenAlg,
        keys,
      ),
  }
}

/** 12 random digits: WordPress.com's clients have numbers, and some programs keep them in 64 bits. */
export const newClientId = () => String(randomInt(10 ** 11, 10 ** 12))

const toClient = ({ secretHash, idTokenAlg: _alg, keys: _keys, ...client }: StoredClient): Client => ({
  ...client,
  hasSecret: secretHash !== null,
})
