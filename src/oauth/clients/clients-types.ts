import type { User } from '../../users/user.ts'
import type { ClientDetails } from './client-details.ts'
import type { Client } from './client-rows.ts'

/** A new application with its secret, or an application with a new secret. */
export interface CreatedClient {
  client: Client
  /**
   * 43 letters, digits, `-` and `_`. Show it once; it cannot be read back. Null for a native client, which could not keep
   * it secret.
   */
  secret: string | null
}

/**
 * Registers, lists, changes and deletes clients: `connect.oauth.clients`. These methods check no permissions; decide first
 * whether the caller may.
 */
export interface Clients {
  /**
   * Returns one client.
   *
   * @throws ConnectError `client_not_found`
   */
  get(clientId: string): Promise<Client>
  /**
   * Returns clients, newest first.
   *
   * @param owner only the clients that this user registered
   */
  list(owner?: Pick<User, 'id'>): Promise<Client[]>
  /**
   * Registers a client.
   *
   * @param owner the user who registers it; without an owner, the client belongs to the site
   * @returns the client and its secret, which is null for a native client
   * @throws ConnectError `invalid_client_metadata`, `invalid_redirect_uri`; the message says what to change.
   * `account_changed` if the owner does not exist, or was deleted meanwhile
   * @example
   * const { client, secret } = await connect.oauth.clients.create({
   *   name: 'Shop',
   *   redirectUris: ['https://shop.example/callback'],
   * })
   */
  create(details: ClientDetails, owner?: Pick<User, 'id'>): Promise<CreatedClient>
  /**
   * Changes the given details of a client and keeps the others. The type cannot be changed.
   *
   * @returns the changed client
   * @throws ConnectError `client_not_found`, `invalid_client_metadata`, `invalid_redirect_uri`
   */
  update(clientId: string, changes: Partial<Omit<ClientDetails, 'type'>>): Promise<Client>
  /**
   * Replaces the secret of a client. The old secret stops working at once.
   *
   * @throws ConnectError `client_not_found`, `client_has_no_secret`
   */
  rotateSecret(clientId: string): Promise<CreatedClient & { secret: string }>
  /**
   * Deletes a client and everything that users granted it, at once. For an application that describes itself by a client ID
   * metadata document, pass its URL, which is its ID.
   *
   * @throws ConnectError `client_not_found`
   */
  delete(clientId: string): Promise<void>
}
