import type { Middleware } from 'koa'
import { ConnectError } from '../errors.ts'
import { allowRequestedHeaders, isPreflight } from '../http/cors.ts'
import { createIsUnder } from '../http/is-under.ts'
import { reportCause } from '../http/report-cause.ts'
import type { Authentication } from './authentication.ts'
import type { SendError } from './send-error.ts'

interface Prefixes {
  /** The path prefixes under which credentials are read. */
  api: readonly string[]
  /** The path prefixes under which the package answers CORS preflights. */
  cors: readonly string[]
}

/**
 * Authenticates requests on the API's paths and stores the result in `ctx.state.auth`. A request without credentials
 * continues with null. Wrong credentials end the request here, on public routes too: otherwise a typing mistake would look
 * like an empty site.
 */
export function authenticate(authentication: Authentication, prefixes: Prefixes, sendError: SendError): Middleware {
  const isApi = createIsUnder(prefixes.api)
  const hasCors = createIsUnder(prefixes.cors)
  return async function koaWpConnectAuthenticate(ctx, next) {
    if (!isApi(ctx.path)) return next()
    if (isPreflight(ctx) && hasCors(ctx.path)) return allowRequestedHeaders(ctx)
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
