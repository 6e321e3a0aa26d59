import { ConnectError } from '../../errors.ts'
import type { Scopes } from '../scopes.ts'
import { type ClientRequest, identifiedOnce } from './client-authentication.ts'
import type { ClientRows } from './client-rows.ts'

/**
 * Prepares a client's request at the token, revocation or introspection endpoint for oidc-provider.
 *
 * @param form null if the body is not a form
 * @throws ConnectError `form_expected`
 */
export async function clientRequest(
  { clients, scopes }: { clients: Pick<ClientRows, 'find'>; scopes: Pick<Scopes, 'known'> },
  form: URLSearchParams | null,
  authorization: string,
): Promise<ClientRequest> {
  if (!form) throw new ConnectError('form_expected')
  const request = await identifiedOnce(clients, { form, authorization })
  if (request.form.get('grant_type') === 'refresh_token') dropUnknownScopes(request.form, scopes)
  return request
}

/**
 * Drops unknown scopes, as the authorization endpoint does: clients request the same scopes again. If none is left, the
 * scopes of the grant apply.
 */
function dropUnknownScopes(form: URLSearchParams, scopes: Pick<Scopes, 'known'>): void {
  const [asked, ...more] = form.getAll('scope')
  // oidc-provider rejects repeated parameters.
  if (asked === undefined || more.length > 0) return
  const known = scopes.known(asked)
  if (known.length > 0) form.set('scope', known.join(' '))
  else form.delete('scope')
}
