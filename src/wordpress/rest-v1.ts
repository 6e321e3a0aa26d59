import Router from '@koa/router'
import type { Context, Middleware } from 'koa'
import type { Auth } from '../authentication/auth.ts'
import { ConnectError } from '../errors.ts'
import { createIsUnder } from '../http/is-under.ts'
import { reportCause } from '../http/report-cause.ts'
import type { Refuse } from './refusals.ts'
import { REST_V1_PREFIXES } from './rest-url.ts'

export interface RestV1Request {
  readonly auth: Auth
  readonly params: Readonly<Record<string, string>>
}

export interface RestV1Route {
  method: 'GET' | 'POST'
  /** Below `/rest/v1` and `/rest/v1.1`. */
  path: string
  answer(request: RestV1Request): Promise<object>
}

/** WordPress.com's older REST API, as far as it is about the caller. All of it is for somebody. */
export function restV1(routes: readonly RestV1Route[], refuse: Refuse): Middleware {
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
        refuse(ctx, error)
      }
    }

  for (const prefix of REST_V1_PREFIXES) {
    for (const route of routes) {
      router.register(prefix + route.path, [route.method], respond(route))
      router.options(prefix + route.path, preflight)
    }
  }
  const isRestV1 = createIsUnder(REST_V1_PREFIXES)
  const answerRestV1 = router.routes() as Middleware
  return function koaWpConnectRestV1(ctx, next) {
    return isRestV1(ctx.path) ? answerRestV1(ctx, next) : next()
  }
}

/** The CORS headers are there already. */
function preflight(ctx: Context): void {
  ctx.status = 204
}
