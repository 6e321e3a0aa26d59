import type { Context, Middleware } from 'koa'
import { ConnectError } from '../errors.ts'
import type { Environment } from '../site.ts'

/** Codes and tokens require https (RFC 6749, sections 3.1 and 3.2), except in a `local` environment. */
export function httpsProblem(ctx: Context, environment: Environment): ConnectError | null {
  return ctx.secure || environment === 'local' ? null : new ConnectError('https_required')
}

export const requireHttps = (environment: Environment): Middleware =>
  function koaWpConnectRequireHttps(ctx, next) {
    const problem = httpsProblem(ctx, environment)
    if (problem) throw problem
    return next()
  }
