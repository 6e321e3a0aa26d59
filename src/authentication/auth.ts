import type { ConnectError } from '../errors.ts'
import type { User } from '../users/user.ts'

/** Who sent the request, and how it was authenticated: `ctx.state.auth`. It contains no secret. */
export type Auth = ApplicationPasswordAuth | AccessTokenAuth | SessionAuth

/** A request with an application password, by HTTP Basic. */
export interface ApplicationPasswordAuth {
  method: 'application-password'
  user: User
  applicationPassword: { uuid: string; name: string }
}

/** A request with an access token, of an application that the user authorized by OAuth. */
export interface AccessTokenAuth {
  method: 'access-token'
  user: User
  client: { id: string; name: string }
  /** The grant that the token was issued under, for your log. */
  grantId: string
  /** The granted scopes. `connect.require({ scope })` checks them. */
  scopes: readonly string[]
  /**
   * The site that the token is for, or `all` sites of the user. Null: the token only identifies the user and gives no
   * access.
   */
  site: { id: string; url: string } | 'all' | null
}

/** A request with the site's own session and an `X-WP-Nonce`. */
export interface SessionAuth {
  method: 'session'
  user: User
}

declare module 'koa' {
  interface DefaultState {
    /** Set on the API's paths. `null` for a request without valid credentials. */
    auth?: Auth | null
    /** Why credentials were ignored, for a 401 that may follow. */
    credentialsIgnored?: ConnectError
  }
}
