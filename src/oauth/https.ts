import type { Context, Middleware } from 'koa'
import type { CheckedOptions } from '../connect/options.ts'
import { ConnectError } from '../errors.ts'

/** Codes and tokens travel over https only (RFC 6749, 3.1 and 3.2), or anywhere in a `local` environment. */
export function httpsProblem(ctx: Context, environment: CheckedOptions['environment']): ConnectError | null {
  return ctx.secure || environment === 'local' ? null : new ConnectError('https_required')
}

export const requireHttps = (environment: CheckedOptions['environment']): Middleware =>
  function koaWpConnectRequireHttps(ctx, next) {
    const problem = httpsProblem(ctx, environment)
    if (problem) throw problem
    return next()
  }
