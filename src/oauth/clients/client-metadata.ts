import { z } from 'zod'
import { ConnectError } from '../../errors.ts'
import { redirectUriProblem } from './redirect-uri.ts'

/** In registrations and documents, `null` and '' count as missing: some serializers write all members that they know. */
const saidMembers = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null && member !== ''))

/** The supported client metadata (RFC 7591, section 2). Other members are ignored, as its section 3.2.1 allows. */
const metadataSchema = z.object({
  redirect_uris: z.array(z.string(), 'redirect_uris must be an array of strings'),
  client_name: z.string('client_name must be a string').default(''),
  client_uri: z.string('client_uri must be a string').default(''),
  application_type: z.enum(['web', 'native'], 'application_type must be web or native').optional(),
  token_endpoint_auth_method: z
    .enum(
      ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'],
      'token_endpoint_auth_method must be none, client_secret_basic, client_secret_post or private_key_jwt',
    )
    .optional(),
  jwks: z.unknown().optional(),
  jwks_uri: z.unknown().optional(),
})

export type ClientMetadata = z.output<typeof metadataSchema>

/** @throws ConnectError `invalid_client_metadata`; the message names the member */
export function readClientMetadata(value: unknown): ClientMetadata {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  const result = metadataSchema.safeParse(isObject ? saidMembers(value) : value)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const message = issue?.path.length ? issue.message : 'The body must be a JSON object.'
  throw new ConnectError('invalid_client_metadata', { message })
}

/**
 * Determines the client type and the usable redirect URIs. A client with a private-use URI scheme is native, whatever it
 * claims. A client that claims nothing is native if a URI is on the user's device. Unusable URIs are dropped, because
 * programs register URIs for every platform at once.
 *
 * @returns all URIs unchanged if none is usable, so that their check reports why
 */
export function usableRedirects({
  redirect_uris: uris,
  application_type: claimed,
}: Pick<ClientMetadata, 'redirect_uris' | 'application_type'>): { type: 'web' | 'native'; redirectUris: string[] } {
  const usable = (type: 'web' | 'native') => uris.filter(uri => redirectUriProblem(uri, type) === null)
  const native = usable('native')
  const hasOwnScheme = native.some(uri => !/^https?:/i.test(uri))
  const isOnDevice = native.some(uri => !/^https:/i.test(uri))
  const type = hasOwnScheme ? 'native' : (claimed ?? (isOnDevice ? 'native' : 'web'))
  const kept = usable(type)
  return { type, redirectUris: kept.length > 0 ? kept : uris }
}
