import type { ConnectError } from '../errors.ts'
import type { User } from '../users/user.ts'

/** Who is calling, and how we know: `ctx.state.auth`. It holds no secret. */
export type Auth = ApplicationPasswordAuth | AccessTokenAuth | SessionAuth

/** A script, by HTTP Basic. */
export interface ApplicationPasswordAuth {
  method: 'application-password'
  user: User
  applicationPassword: { uuid: string; name: string }
}

/** An application that the user authorized, by OAuth. */
export interface AccessTokenAuth {
  method: 'access-token'
  user: User
  client: { id: string; name: string }
  /** What the token was issued under, for the log. */
  grantId: string
  /** What the application may do; `connect.require({ scope })` looks at them. */
  scopes: readonly string[]
  /** The one site that it is for; `all` of the user's; or null: it says who the user is, and opens nothing. */
  site: { id: string; url: string } | 'all' | null
}

/** The site's own log-in, with an `X-WP-Nonce`. */
export interface SessionAuth {
  method: 'session'
  user: User
}

declare module 'koa' {
  interface DefaultState {
    /** Set on the API's paths: who is calling, or `null` for nobody. */
    auth?: Auth | null
    /** Why credentials were not looked at, for the 401 that may follow. */
    credentialsIgnored?: ConnectError
  }
}
