import type { Context, Middleware } from 'koa'
import compose from 'koa-compose'
import { authenticate } from '../authentication/authenticate.ts'
import type { Authentication } from '../authentication/authentication.ts'
import type { SendError } from '../authentication/send-error.ts'
import { probeRoutes } from '../doctor/probe-routes.ts'
import type { Probes } from '../doctor/probes.ts'
import { createIsUnder } from '../http/is-under.ts'
import { awaitBody } from '../rest/await-body.ts'
import { setRestHeaders } from '../rest/headers.ts'
import { rest } from '../rest/rest.ts'
import { type RestV1Route, restV1 } from '../rest/rest-v1.ts'
import { rewritePath } from '../rest/rewrite-path.ts'
import type { RestRoute } from '../rest/route.ts'
import type { User } from '../users/user.ts'
import type { Connect } from './connect-types.ts'

interface MiddlewareParts {
  pages: Middleware
  /** Whether the package may have a page at this path. */
  isOwnPath(path: string): boolean
  authentication: Authentication
  sendError: SendError
  probes: Probes
  routes: readonly RestRoute[]
  /** Null without OAuth. */
  restV1Routes: readonly RestV1Route[] | null
  /** The option `api`. */
  api: readonly string[]
  /** The prefixes of `api` that have CORS; empty without the option `cors`. */
  corsPrefixes: readonly string[]
  /** The prefixes of WordPress's REST API, and with OAuth those of WordPress.com's. */
  restPrefixes: readonly string[]
  discoveryLink: string
  freshNonce(ctx: Context, user: User): string
}

/**
 * Returns the middleware that a host mounts: each part by itself, and all of them in the order in which a request meets
 * them.
 */
export function createMiddleware(
  parts: MiddlewareParts,
): Pick<Connect, 'middleware' | 'pages' | 'authenticate' | 'rest'> {
  const { sendError, probes, routes, restV1Routes, api, restPrefixes } = parts
  const prefixes = { api: [...restPrefixes, ...api], cors: parts.corsPrefixes }
  const check = () => authenticate(parts.authentication, prefixes, sendError)

  const pages = () => rewritten(parts.pages)
  const authenticateAll = () => rewritten(authenticateRewritten())
  const authenticateRewritten = () =>
    compose([
      setRestHeaders(parts.discoveryLink, restPrefixes),
      probeRoutes(probes, sendError),
      awaitBody(routes, parts.authentication, sendError),
      check(),
    ])
  const restAll = () =>
    compose([...(restV1Routes ? [restV1(restV1Routes, sendError)] : []), rest(routes, sendError, parts.freshNonce)])

  return {
    pages,
    authenticate: authenticateAll,
    rest: restAll,
    middleware() {
      const authenticateOnly = check()
      const all = rewritten(compose([parts.pages, authenticateRewritten(), restAll()]))
      const isHostsApi = createIsUnder(api)
      const isRest = createIsUnder(restPrefixes)
      // A request to the host's own API runs no middleware of the package except the check of its credentials.
      const isOnlyChecked = (path: string) => isHostsApi(path) && !isRest(path) && !parts.isOwnPath(path)
      return (ctx, next) => (isOnlyChecked(ctx.path) ? authenticateOnly : all)(ctx, next)
    },
  }
}

/** Every part that a host can mount by itself understands WordPress's alternative URLs. */
function rewritten(middleware: Middleware): Middleware {
  return (ctx, next) => {
    rewritePath(ctx)
    return middleware(ctx, next)
  }
}
