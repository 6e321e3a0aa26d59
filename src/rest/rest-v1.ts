import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import type { Auth } from '../authentication/auth.ts'
import type { SendError } from '../authentication/send-error.ts'
import { ConnectError } from '../errors.ts'
import { isNotFound, removePage } from '../http/not-found.ts'
import { reportCause } from '../http/report-cause.ts'
import { answerJson } from './answer.ts'
import { REST_V1_PREFIXES } from './url.ts'

export interface RestV1Request {
  readonly auth: Auth
  readonly params: Readonly<Record<string, string>>
}

export interface RestV1Route {
  method: 'GET' | 'POST'
  /** Path below `/rest/v1` and `/rest/v1.1`. */
  path: string
  answer(request: RestV1Request): Promise<object>
}

/** The part of WordPress.com's older REST API that is about the caller. All of it requires credentials. */
export function restV1(routes: readonly RestV1Route[], sendError: SendError): Middleware {
  const router = new Router()

  const respond =
    (route: RestV1Route) =>
    async (ctx: Context): Promise<void> => {
      const { auth } = ctx.state
      if (auth === undefined) throw new Error('connect.rest() needs connect.authenticate() before it')
      try {
        if (auth === null) throw new ConnectError('authorization_required')
        ctx.body = await route.answer({ auth, params: ctx.params })
        ctx.set('Cache-Control', 'no-store')
      } catch (error) {
        if (!(error instanceof ConnectError)) throw error
        reportCause(ctx, error)
        sendError(ctx, error)
      }
    }

  for (const prefix of REST_V1_PREFIXES) {
    for (const route of routes) {
      router.register(prefix + route.path, [route.method], respond(route))
      router.options(prefix + route.path, preflight)
    }
  }
  const answerRestV1 = router.routes() as Middleware
  return async function koaWpConnectRestV1(ctx, next) {
    if (!ANY_VERSION.test(ctx.path)) return next()
    await answerRestV1(ctx, next)
    if (!isNotFound(ctx)) return
    const { code, status, message } = new ConnectError('rest_no_route')
    removePage(ctx)
    answerJson(ctx, status, { error: code, message })
  }
}

/** WordPress.com has later versions too. Unknown paths in them have the same error format. */
const ANY_VERSION = /^\/rest\/v1(?:\.\d+)?(?:\/|$)/i

/** The CORS headers are set already. */
function preflight(ctx: Context): void {
  ctx.status = 204
}
