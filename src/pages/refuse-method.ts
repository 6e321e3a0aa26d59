import type { Middleware } from 'koa'
import { ConnectError } from '../errors.ts'

/**
 * Stands behind a path's own methods. Not the router's `allowedMethods()`, which would answer for the host's routes as well.
 *
 * @param allowed as the Allow header lists them (RFC 9110, 15.5.6)
 */
export function refuseMethod(allowed: string): Middleware {
  return function koaWpConnectRefuseMethod() {
    throw new ConnectError('method_not_allowed', { headers: { Allow: allowed } })
  }
}
