import type { Adapter, AdapterFactory, AdapterPayload, errors } from 'oidc-provider'
import { tokenHash } from '../../crypto/random-token.ts'
import { nowInSeconds } from '../../values/unix-seconds.ts'
import type { AssertionRows } from '../clients/assertion-rows.ts'
import type { ClientRows, StoredClient } from '../clients/client-rows.ts'
import type { GrantRows } from '../grants/grant-rows.ts'
import type { TokenKind, TokenRows } from '../tokens/token-rows.ts'
import type { TokenUses } from '../tokens/token-uses.ts'
import { hideConnectErrors } from './hide-connect-errors.ts'
import type { InteractionRows } from './interaction-rows.ts'
import type { RequestState } from './request-state.ts'

interface AdapterParts {
  clients: ClientRows
  grants: GrantRows
  tokens: TokenRows
  assertions: AssertionRows
  uses: TokenUses
  interactions: InteractionRows
  errors: Pick<typeof errors, 'InvalidClientAuth' | 'InvalidGrant' | 'SessionNotFound'>
  /** Returns the sender and the time of the request that oidc-provider is processing. */
  request: () => RequestState
  endGrant: (grantId: string) => Promise<void>
  /** Returns the absolute URL where the authorization flow resumes after the user's decision. */
  resumeUrl: (uid: string) => string
}

/**
 * oidc-provider's storage, on our own tables. oidc-provider stores tokens in clear text. The tables hold only hashes:
 * values that a payload repeats are removed before storing and added again after reading.
 */
export function createAdapterFactory(parts: AdapterParts): AdapterFactory {
  return name => ({ ...NOTHING, ...withoutDatabaseErrors(adapterOf(name, parts)) })
}

function adapterOf(name: string, parts: AdapterParts): Partial<Adapter> {
  switch (name) {
    case 'AccessToken':
      return tokenAdapter('access', parts)
    case 'RefreshToken':
      return tokenAdapter('refresh', parts)
    case 'AuthorizationCode':
      return tokenAdapter('code', parts)
    case 'Grant':
      return grantAdapter(parts)
    case 'Interaction':
      return interactionAdapter(parts)
    case 'Client':
      return { find: async id => clientPayload(await parts.clients.find(id)) }
    // No look-up is needed: the unique key of the table decides which of two concurrent inserts is first.
    case 'ReplayDetection':
      return {
        async upsert(id, { iss }, expiresIn) {
          const expires = nowInSeconds() + Math.ceil(expiresIn ?? 0)
          // oidc-provider's id is the hash of `iss` and `jti` without a separator. Hashed with `iss` again, the assertions of two
          // clients cannot be taken for the same one. The id has a fixed length.
          if (!(await parts.assertions.remember(tokenHash(id + iss), expires)))
            throw new parts.errors.InvalidClientAuth('used already')
        },
      }
    // The site's own session is the only one. oidc-provider's session ends with the request.
    case 'Session':
      return {}
    default:
      throw new Error(`the OAuth provider asks for a kind of storage that is not used here: ${name}`)
  }
}

function tokenAdapter(kind: TokenKind, { tokens, uses, errors, request }: AdapterParts): Partial<Adapter> {
  return {
    async upsert(id, { jti: _jti, ...payload }) {
      const hash = tokenHash(id)
      await tokens.insert({
        hash,
        kind,
        grantId: String(payload.grantId),
        scope: payload.scope ?? '',
        audience: payload.aud === undefined ? null : String(payload.aud),
        payload,
        expires: Number(payload.exp),
      })
      request().work?.issued.push(hash)
    },
    async find(id) {
      const found = await tokens.find(kind, tokenHash(id))
      if (!found) return undefined
      const { began, work } = request()
      const isReplay = work ? uses.isReplay(kind, found, began) : found.consumed !== null && found.consumed < began
      return { ...found.payload, jti: id, ...(isReplay && { consumed: true }) }
    },
    // It must decide which of two concurrent uses is first. Otherwise one code gives two sets of tokens (RFC 6749, section
    // 4.1.2).
    async consume(id) {
      const hash = tokenHash(id)
      if (!(await uses.consume(kind, hash))) throw new errors.InvalidGrant('already used')
      request().work?.spent.push(hash)
    },
    destroy: id => tokens.delete(tokenHash(id)),
  }
}

/** The consent page inserts the row of a grant. Ending a grant ends all of its tokens. */
function grantAdapter({ grants, errors, endGrant }: AdapterParts): Partial<Adapter> {
  return {
    async upsert(id, payload) {
      if (!(await grants.keepPayload(id, payload))) throw new errors.InvalidGrant('grant not found')
    },
    find: async id => (await grants.find(id))?.payload as AdapterPayload | undefined,
    destroy: endGrant,
  }
}

/** The id occurs twice in the payload. */
function interactionAdapter({ interactions, errors, request, resumeUrl }: AdapterParts): Partial<Adapter> {
  return {
    async upsert(id, { jti: _jti, returnTo: _returnTo, ...payload }) {
      const { userId } = request()
      // Do not store requests of anonymous visitors: they can send any number, and the request is repeated after they have
      // logged in.
      if (userId === null) return
      const [hash, expires] = [tokenHash(id), Number(payload.exp)]
      if (userId !== undefined) return interactions.insert(hash, userId, payload, expires)
      // The user's decision. Newer requests may have displaced this one meanwhile.
      if (!(await interactions.update(hash, payload, expires))) throw new errors.SessionNotFound('answered or gone')
    },
    async find(id) {
      const payload = await interactions.find(tokenHash(id))
      return payload && { ...payload, jti: id, returnTo: resumeUrl(id) }
    },
    // Called while the decision is being processed: of two concurrent ones, only one continues.
    async destroy(id) {
      if (!(await interactions.delete(tokenHash(id)))) throw new errors.SessionNotFound('already answered')
    },
  }
}

/** Returns the client in the format of RFC 7591, with the hash of its secret in place of the secret. */
function clientPayload(client: StoredClient | undefined): AdapterPayload | undefined {
  if (!client) return undefined
  return {
    client_id: client.clientId,
    client_name: client.name,
    ...(client.website && { client_uri: client.website }),
    redirect_uris: [...client.redirectUris],
    application_type: client.type,
    id_token_signed_response_alg: client.idTokenAlg,
    response_types: ['code'],
    grant_types: client.legacy ? ['authorization_code'] : ['authorization_code', 'refresh_token'],
    ...(client.secretHash === null
      ? proofOf(client)
      : { token_endpoint_auth_method: 'client_secret_basic', client_secret: client.secretHash }),
  }
}

const proofOf = ({ keys }: StoredClient) =>
  keys
    ? { token_endpoint_auth_method: 'private_key_jwt' as const, jwks: keys }
    : { token_endpoint_auth_method: 'none' as const }

const NOTHING: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  // A grant is always ended as a whole, by its own adapter.
  revokeByGrantId: async () => {},
}

function withoutDatabaseErrors(adapter: Partial<Adapter>): Partial<Adapter> {
  const methods = Object.entries(adapter) as [string, (...given: never[]) => Promise<unknown>][]
  return Object.fromEntries(methods.map(([name, method]) => [name, hideConnectErrors(method)]))
}
