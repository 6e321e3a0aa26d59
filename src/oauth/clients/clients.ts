import { randomInt } from 'node:crypto'
import type { Knex } from 'knex'
import { randomToken, tokenHash } from '../../crypto/random-token.ts'
import { isUniqueViolation } from '../../database/dialect.ts'
import { ConnectError } from '../../errors.ts'
import { checkUserId, mayManageClients, type User, type Users } from '../../users/user.ts'
import type { Making, UserChanges } from '../../users/user-changes.ts'
import { nowInSeconds } from '../../values/unix-seconds.ts'
import type { Grants } from '../grants/grants.ts'
import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../provider/signing-keys.ts'
import { type ClientDetails, checkClientDetails, invalidMetadata } from './client-details.ts'
import type { ClientKeys } from './client-keys.ts'
import type { Client, ClientRows, StoredClient } from './client-rows.ts'
import type { Clients, CreatedClient } from './clients-types.ts'

/** Data for the transaction that inserts a client with an owner. */
interface Owned {
  making: Making
  /** Whether the owner may manage only their own clients. */
  unverified: boolean
  most: number
}

/** A web client has a server that can keep a secret. Every legacy client has one, as on WordPress.com. */
const getsSecret = ({ type, legacy }: Pick<Client, 'type' | 'legacy'>) => type === 'web' || legacy

export function createClients(
  rows: ClientRows,
  grants: Grants,
  changes: UserChanges,
  users: Pick<Users, 'find' | 'canManageClients'>,
) {
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
      const unverified = owned?.unverified ?? false
      const row = { ...client, unverified, secretHash: secret && tokenHash(secret), idTokenAlg, keys }
      await (owned ? owned.making.write(on => insertOwned(row, owned.most, on)) : rows.insert(row))
    } catch (error) {
      throw isUniqueViolation(error) ? new ConnectError('client_exists') : error
    }
    return { client: { ...client, hasSecret: isSecret }, secret }
  }

  /**
   * Inserts first and counts afterwards. So a repeated form gets `client_exists`, and concurrent inserts count each other.
   */
  async function insertOwned(row: StoredClient, most: number, on: Knex): Promise<void> {
    await rows.insert(row, on)
    if ((await rows.countOfOwner(row.ownerId ?? '', on)) > most)
      throw invalidMetadata('errors.invalid_client_metadata.too-many')
  }

  /**
   * Detects that the owner is deleted while the client is being created. The owner is looked up again, because the caller
   * may have done so long before.
   */
  async function beginFor(ownerId: string): Promise<Omit<Owned, 'most'>> {
    const making = await changes.begin(ownerId)
    const owner = await users.find(ownerId)
    if (!owner) throw new ConnectError('account_changed')
    return { making, unverified: (await mayManageClients(users, owner)) !== true }
  }

  /**
   * @param clientId of the new client; random if missing
   * @param most maximum number of clients of the owner, including this one
   */
  async function create(
    details: ClientDetails,
    owner?: Pick<User, 'id'>,
    clientId?: string,
    most = Number.POSITIVE_INFINITY,
  ): Promise<CreatedClient> {
    const ownerId = owner ? checkUserId(owner.id) : null
    const owned = ownerId === null ? null : { ...(await beginFor(ownerId)), most }
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
      // An application that describes itself by a document has no row here. Its grants are ended all the same.
      if (!/^https:\/\//i.test(clientId)) await stored(clientId)
      await grants.endAllOfClient(clientId, on => rows.delete(clientId, on))
    },
  }

  return {
    api,
    /**
     * Like the public `create()`, with an ID chosen by the caller and a maximum per owner.
     *
     * @throws ConnectError `client_exists` if the ID is taken
     */
    createWithId: create,
    /**
     * Registers an application that registers itself (RFC 7591).
     *
     * @throws ConnectError as `create()`
     */
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

/** Returns 12 random digits: client IDs of WordPress.com are numbers, and some programs store them in 64 bits. */
export const newClientId = () => String(randomInt(10 ** 11, 10 ** 12))

const toClient = ({
  secretHash,
  idTokenAlg: _alg,
  keys: _keys,
  unverified: _unverified,
  ...client
}: StoredClient): Client => ({
  ...client,
  hasSecret: secretHash !== null,
})
