import { ConnectError } from '../../errors.ts'
import { isCostlyAddress } from '../../http/costly-address.ts'
import { checkClientDetails } from './client-details.ts'
import { readClientKeys } from './client-keys.ts'
import { type ClientMetadata, readClientMetadata, usableRedirects } from './client-metadata.ts'
import { askedAlgorithm } from './id-token-alg.ts'

const invalid = (message: string) => new ConnectError('invalid_client_metadata', { message })

/** Returns the values of a document's list that this site supports; all of them if the document lists none. */
function supported(listed: unknown, known: readonly string[], name: string): readonly string[] {
  if (listed === undefined || listed === null || (Array.isArray(listed) && listed.length === 0)) return known
  const kept = Array.isArray(listed) ? known.filter(value => listed.includes(value)) : []
  if (!kept.includes(known[0] ?? '')) throw invalid(`${name} must contain ${known[0]}`)
  return kept
}

/**
 * Returns the client's keys, or their URL. The URL must have the document's origin, so that a document cannot make us send
 * requests to another server.
 */
function keysOf(clientId: string, { jwks, jwks_uri: uri }: ClientMetadata): object {
  if (jwks !== undefined) return { jwks: readClientKeys(jwks) }
  if (typeof uri !== 'string' || isCostlyAddress(uri) || !URL.canParse(uri))
    throw invalid('private_key_jwt needs jwks or jwks_uri')
  const { origin, href } = new URL(uri)
  if (origin !== new URL(clientId).origin) throw invalid('jwks_uri must have the same origin as the document')
  return { jwks_uri: href }
}

/**
 * Reads a client ID metadata document like a registration. Members that are null, empty or unknown are ignored. `scope` is
 * ignored too, because each request names its own.
 *
 * @returns the client in oidc-provider's format
 * @throws ConnectError `invalid_client_metadata`, `invalid_redirect_uri`; the message says what to change
 */
export function readClientDocument(clientId: string, value: unknown): Record<string, unknown> {
  const metadata = readClientMetadata(value)
  const document = value as Record<string, unknown>
  if (document.client_id !== clientId) throw invalid('client_id must be the URL of the document')
  // The document is public (OAuth Client ID Metadata Document, section 4.1).
  if (document.client_secret) throw invalid('the document must not contain client_secret')
  const { token_endpoint_auth_method: method = 'none' } = metadata
  if (method.startsWith('client_secret')) throw invalid('token_endpoint_auth_method must be none or private_key_jwt')
  const { name, website, redirectUris, type } = checkClientDetails({
    ...usableRedirects(metadata),
    name: metadata.client_name,
    website: metadata.client_uri,
    description: '',
    legacy: false,
  })
  return {
    client_id: clientId,
    client_name: name,
    ...(website && { client_uri: website }),
    redirect_uris: redirectUris,
    application_type: type,
    token_endpoint_auth_method: method,
    ...(method === 'private_key_jwt' && keysOf(clientId, metadata)),
    id_token_signed_response_alg: askedAlgorithm(value),
    grant_types: supported(document.grant_types, ['authorization_code', 'refresh_token'], 'grant_types'),
    response_types: supported(document.response_types, ['code'], 'response_types'),
  }
}
