import type { Context } from 'koa'
import { z } from 'zod'
import { ConnectError } from '../errors.ts'
import { clientAddress } from '../http/address.ts'
import { readJson } from '../http/body.ts'
import type { CreatedClient, createClients } from './clients.ts'
import { askedAlgorithm } from './id-token-alg.ts'
import { answerOAuth } from './oauth-answer.ts'
import type { RegistrationLimit } from './registration-limit.ts'

/** What is taken of a registration (RFC 7591, 2); all else is left out, as its section 3.2.1 allows. */
const registrationSchema = z.object({
  redirect_uris: z.array(z.string(), 'redirect_uris must be a list of addresses'),
  client_name: z.string('client_name must be a text').default(''),
  client_uri: z.string('client_uri must be an address').default(''),
  application_type: z.enum(['web', 'native'], 'application_type must be web or native').optional(),
  token_endpoint_auth_method: z
    .enum(
      ['none', 'client_secret_basic', 'client_secret_post'],
      'token_endpoint_auth_method must be none, client_secret_basic or client_secret_post',
    )
    .default('client_secret_basic'),
})

export type RegisterClient = ReturnType<typeof createClients>['register']

type Registration = z.output<typeof registrationSchema>

/** `POST /oauth2/register`: an application makes itself known (RFC 7591). Open to everybody, so bounded and marked as such. */
export function registrationEndpoint(register: RegisterClient, limit: RegistrationLimit) {
  return async function koaWpConnectRegister(ctx: Context): Promise<void> {
    const body = await readJson(ctx)
    const asked = check(body)
    const id_token_signed_response_alg = askedAlgorithm(body)
    if (!(await limit.isWithin(clientAddress(ctx.ip)))) {
      throw new ConnectError('too_many_attempts', {
        message: 'Too many applications were registered from this address. Try again in an hour.',
        headers: { 'Retry-After': '3600' },
      })
    }
    const details = {
      name: asked.client_name.trim() || 'An unnamed application',
      description: '',
      website: asked.client_uri,
      redirectUris: asked.redirect_uris,
      type: asked.application_type ?? guessType(asked.redirect_uris),
    }
    const created = await register(details, asked.token_endpoint_auth_method !== 'none', id_token_signed_response_alg)
    answerOAuth(ctx, 201, { ...describe(created, asked), id_token_signed_response_alg })
  }
}

/** @throws ConnectError `invalid_client_metadata` */
function check(body: unknown): Registration {
  const result = registrationSchema.safeParse(body)
  if (result.success) return result.data
  const [issue] = result.error.issues
  const message = issue?.path.length ? issue.message : 'The body must be a JSON object.'
  throw new ConnectError('invalid_client_metadata', { message })
}

/** Programs on the user's device often do not say that they are such. */
const guessType = (uris: readonly string[]) => (uris.every(uri => /^https:/i.test(uri)) ? 'web' : 'native')

function describe({ client, secret }: CreatedClient, { token_endpoint_auth_method }: Registration) {
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
