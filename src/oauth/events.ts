import type { Hooks } from '../hooks/hooks.ts'
import type { User } from '../users/user.ts'
import type { EndedBy } from './grants/ended-by.ts'
import type { Grant } from './grants/grant-rows.ts'

export interface OAuthEvents {
  /** A user pressed Authorize. */
  'oauth-authorized': { user: User; grant: Grant }
  /** A user pressed Deny. */
  'oauth-denied': { user: User; clientId: string }
  /** An application got an access token, by a code or by a refresh token. */
  'oauth-token-issued': { userId: string; clientId: string; grantId: string; scopes: readonly string[] }
  /**
   * A grant was ended, and all of its tokens with it: by its `user`, by the application itself (`client`), by the `site`; or
   * for the `reuse` of a code or refresh token.
   */
  'oauth-disconnected': { userId: string; clientId: string; grantId: string; by: EndedBy }
  /** A code came a second time, or a refresh token after its grace, so somebody has a copy: all of its grant was ended. */
  'oauth-token-reused': { clientId: string; grantId: string }
}

export type OAuthHooks = Hooks<OAuthEvents>
