import { ConnectError } from '../../errors.ts'
import type { Scopes } from '../scopes.ts'
import { type ClientRequest, identifiedOnce } from './client-authentication.ts'
import type { ClientRows } from './client-rows.ts'

/**
 * A client's request at the token, revocation or introspection endpoint, as oidc-provider is to see it.
 *
 * @param form null for a body that is no form
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

/** As at authorize: a client asks for the same again. If nothing is left, it means what it was granted. */
function dropUnknownScopes(form: URLSearchParams, scopes: Pick<Scopes, 'known'>): void {
  const [asked, ...more] = form.getAll('scope')
  // What is repeated is oidc-provider's to refuse.
  if (asked === undefined || more.length > 0) return
  const known = scopes.known(asked)
  if (known.length > 0) form.set('scope', known.join(' '))
  else form.delete('scope')
}
