import type { Middleware } from 'koa'
import { ConnectError } from '../errors.ts'
import { isUnder } from '../http/is-under.ts'
import { reportCause } from '../http/report-cause.ts'
import { answerError } from '../wordpress/rest-answer.ts'
import type { Authentication } from './authentication.ts'

/**
 * Finds out who is calling, on the API's paths only, and keeps it in `ctx.state.auth`. No credentials: nobody, and on.
 * Wrong ones: the answer ends here, on public routes too, or a typing mistake would look like an empty site.
 */
export function authenticate(authentication: Authentication, prefixes: readonly string[], realm: string): Middleware {
  return async function koaWpConnectAuthenticate(ctx, next) {
    if (!isUnder(ctx.path, prefixes)) return next()
    try {
      ctx.state.auth = await authentication.identify(ctx)
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      reportCause(ctx, error)
      answerError(ctx, error, realm)
      return
    }
    return next()
  }
}

/** What {@link requireAuth} asks for. */
export interface Requirement {
  /** A scope that an OAuth token must carry. An application password, or the site's own log-in, carries all of them. */
  scope?: string
}

/** Guards a route: nobody gets 401 `rest_not_logged_in`. */
export function requireAuth(_requirement: Requirement, realm: string): Middleware {
  return async function koaWpConnectRequire(ctx, next) {
    const { auth } = ctx.state
    if (auth === undefined) {
      throw new Error(`connect.require() guards ${ctx.path}, which lies under none of the prefixes of the option "api"`)
    }
    if (auth === null) return answerError(ctx, new ConnectError('rest_not_logged_in'), realm)
    return next()
  }
}
