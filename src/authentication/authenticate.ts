import type { Middleware } from 'koa'
import { ConnectError } from '../errors.ts'
import { answerPreflight, isPreflight } from '../http/cors.ts'
import { createIsUnder } from '../http/is-under.ts'
import { reportCause } from '../http/report-cause.ts'
import type { Authentication } from './authentication.ts'
import type { SendError } from './send-error.ts'

interface Prefixes {
  /** Where credentials are read. */
  api: readonly string[]
  /** Where the package answers preflights. */
  cors: readonly string[]
}

/**
 * Finds out who is calling, on the API's paths only, and keeps it in `ctx.state.auth`. No credentials: nobody, and on.
 * Wrong ones: the answer ends here, on public routes too, or a typing mistake would look like an empty site.
 */
export function authenticate(authentication: Authentication, prefixes: Prefixes, sendError: SendError): Middleware {
  const isApi = createIsUnder(prefixes.api)
  const hasCors = createIsUnder(prefixes.cors)
  return async function koaWpConnectAuthenticate(ctx, next) {
    if (!isApi(ctx.path)) return next()
    if (isPreflight(ctx) && hasCors(ctx.path)) return answerPreflight(ctx)
    try {
      ctx.state.auth = await authentication.identify(ctx)
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      reportCause(ctx, error)
      sendError(ctx, error)
      return
    }
    return next()
  }
}
