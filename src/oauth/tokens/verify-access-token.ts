import type { AccessTokenAuth } from '../../authentication/auth.ts'
import { tokenHash } from '../../crypto/random-token.ts'
import type { LastUse } from '../../database/last-use.ts'
import { ConnectError, errorWithMessage } from '../../errors.ts'
import type { Users } from '../../users/user.ts'
import { nowInSeconds } from '../../values/unix-seconds.ts'
import type { Resources } from '../resources.ts'
import type { Scopes } from '../scopes.ts'
import type { FoundAccessToken, TokenRows } from './token-rows.ts'
import { tokenUser } from './token-user.ts'

interface VerifyAccessTokenParts {
  tokens: TokenRows
  users: Users
  scopes: Scopes
  resources: Resources
  lastUse: LastUse
}

export type VerifyAccessToken = ReturnType<typeof createAccessTokenVerifier>

/**
 * Creates the function that finds the user and the scopes of an access token. It needs one SELECT, plus the host's look-up
 * of its own users.
 */
export function createAccessTokenVerifier({ tokens, users, scopes, resources, lastUse }: VerifyAccessTokenParts) {
  /**
   * @param path path of the request, because a token may be for a part of the API only (RFC 8707)
   * @throws ConnectError `invalid_token`, whatever was wrong
   */
  return async function verifyAccessToken(token: string, path: string, ip: string | null): Promise<AccessTokenAuth> {
    const found = await tokens.findAccessToken(tokenHash(token))
    const now = nowInSeconds()
    if (!found || found.expires <= now) throw new ConnectError('invalid_token')
    if (!resources.covers(found.audience, path)) {
      // Tell the client, or it requests a new token for the same resource again and again.
      const values = { resource: String(found.audience) }
      throw errorWithMessage('invalid_token', { id: 'errors.invalid_token.resource', values })
    }
    const user = await tokenUser(users, found)
    if (!user) throw new ConnectError('invalid_token')
    lastUse.record({ id: found.grantId, at: now, ip })
    return {
      method: 'access-token',
      user,
      client: { id: found.clientId, name: found.clientName },
      grantId: found.grantId,
      scopes: found.scopes,
      // A token may have been narrowed to identifying the user.
      site: scopes.access(found.scopes) === 'login' ? null : siteOf(found),
    }
  }
}

function siteOf({ access, siteId, siteUrl }: FoundAccessToken): AccessTokenAuth['site'] {
  if (access === 'all') return 'all'
  return access === 'site' ? { id: siteId, url: siteUrl } : null
}
