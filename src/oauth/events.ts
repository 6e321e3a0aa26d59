import type { Hooks } from '../hooks/hooks.ts'
import type { User } from '../users/user.ts'
import type { EndedBy } from './grants/ended-by.ts'
import type { Grant } from './grants/grant.ts'

export interface OAuthEvents {
  /** A user pressed Authorize. */
  'oauth-authorized': { user: User; grant: Grant }
  /** A user pressed Deny. */
  'oauth-denied': { user: User; clientId: string }
  /** An application got an access token, for a code or a refresh token. */
  'oauth-token-issued': { userId: string; clientId: string; grantId: string; scopes: readonly string[] }
  /**
   * A grant and all of its tokens ended: by its `user`, by the application (`client`), by the `site`, or because of the
   * `reuse` of a code or refresh token.
   */
  'oauth-disconnected': { userId: string; clientId: string; grantId: string; by: EndedBy }
  /**
   * A code was used twice, or a refresh token after its grace period, so it may have been stolen. The whole grant was
   * ended.
   */
  'oauth-token-reused': { clientId: string; grantId: string }
}

export type OAuthHooks = Hooks<OAuthEvents>
