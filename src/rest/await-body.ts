import type { Middleware } from 'koa'
import type { Authentication } from '../authentication/authentication.ts'
import type { SendError } from '../authentication/send-error.ts'
import { ConnectError } from '../errors.ts'
import { allowLargeBody, bodyArrived } from '../http/body.ts'
import { createIsUnder } from '../http/is-under.ts'
import { reportCause } from '../http/report-cause.ts'
import { createMatch } from './rest.ts'
import type { Method, RestRoute } from './route.ts'
import { REST_PREFIX } from './url.ts'

/**
 * Runs before authentication, and waits until the body of a request for one of our routes has arrived: while it arrives, the
 * caller may lose their access.
 *
 * A body that may be large is read only for callers whose credentials are right now. They are checked again afterwards.
 */
export function awaitBody(
  routes: readonly RestRoute[],
  authentication: Authentication,
  sendError: SendError,
): Middleware {
  const isRest = createIsUnder([REST_PREFIX])
  const match = createMatch(routes)
  return async function koaWpConnectAwaitBody(ctx, next) {
    const route = isRest(ctx.path) ? match(ctx.path)?.route : undefined
    if (!route || readsBody(route, ctx.method)) return next()
    try {
      const isLarge = (ctx.request.length ?? Number.POSITIVE_INFINITY) > SMALL
      if (route.maxBody && isLarge && (await authentication.identify(ctx))) allowLargeBody(ctx, route.maxBody)
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      reportCause(ctx, error)
      ctx.set('Connection', 'close')
      return sendError(ctx, error)
    }
    await bodyArrived(ctx)
    return next()
  }
}

/** Bodies up to this size are read for everybody. */
const SMALL = 16 * 1024

const readsBody = (route: RestRoute, method: string) =>
  route.endpoints.some(endpoint => endpoint.readsBody && endpoint.methods.includes(method as Method))
