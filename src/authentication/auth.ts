import type { ConnectError } from '../errors.ts'
import type { User } from '../users/user.ts'

/** Who is calling, and how we know: `ctx.state.auth`. It holds no secret. */
export type Auth = ApplicationPasswordAuth | SessionAuth

export interface ApplicationPasswordAuth {
  method: 'application-password'
  user: User
  applicationPassword: { uuid: string; name: string }
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
    /** Why Basic credentials were not looked at, for the 401 that may follow. */
    credentialsIgnored?: ConnectError
  }
}
