import type { Context } from 'koa'
import { ConnectError } from '../../errors.ts'
import { clientAddress } from '../../http/address.ts'
import { readJson } from '../../http/body.ts'
import type { HourlyLimit } from '../hourly-limit.ts'
import { answerOAuth } from '../oauth-response.ts'
import { readClientKeys } from './client-keys.ts'
import { readClientMetadata, usableRedirects } from './client-metadata.ts'
import type { createClients } from './clients.ts'
import type { CreatedClient } from './clients-types.ts'
import { askedAlgorithm } from './id-token-alg.ts'

export type RegisterClient = ReturnType<typeof createClients>['register']

/**
 * `POST /oauth2/register`: an application registers itself (RFC 7591). The endpoint is open, so it is rate-limited, and the
 * clients are marked as self-registered.
 */
export function registrationEndpoint(register: RegisterClient, limit: HourlyLimit) {
  return async function koaWpConnectRegister(ctx: Context): Promise<void> {
    const body = await readJson(ctx)
    const asked = readClientMetadata(body)
    const method = asked.token_endpoint_auth_method ?? 'client_secret_basic'
    const id_token_signed_response_alg = askedAlgorithm(body)
    // Its `jwks_uri` is not fetched: registration is open, and nothing proves that the URL belongs to the client.
    const keys = method === 'private_key_jwt' ? readClientKeys(asked.jwks) : null
    if (!(await limit.isWithin(clientAddress(ctx.ip)))) {
      throw new ConnectError('too_many_attempts', {
        message: 'Too many applications were registered from this address. Try again in an hour.',
        headers: { 'Retry-After': '3600' },
      })
    }
    const details = {
      ...usableRedirects(asked),
      name: asked.client_name.trim() || 'An unnamed application',
      description: '',
      website: asked.client_uri,
    }
    const isSecret = method.startsWith('client_secret')
    const created = await register(details, isSecret, id_token_signed_response_alg, keys)
    answerOAuth(ctx, 201, { ...describe(created, method), id_token_signed_response_alg, ...(keys && { jwks: keys }) })
  }
}

/** Returns the client as it was registered, which may be less than requested (RFC 7591, section 3.2.1). */
function describe({ client, secret }: CreatedClient, token_endpoint_auth_method: string) {
  return {
    client_id: client.clientId,
    client_id_issued_at: client.created,
    ...(secret && { client_secret: secret, client_secret_expires_at: 0 }),
    client_name: client.name,
    ...(client.website && { client_uri: client.website }),
    redirect_uris: client.redirectUris,
    application_type: client.type,
    token_endpoint_auth_method,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
  }
}
