import type { Middleware } from 'koa'
import { ConnectError } from '../errors.ts'

/**
 * Rejects other methods of a path. The router's `allowedMethods()` would do so for the host's routes too.
 *
 * @param allowed value of the Allow header (RFC 9110, section 15.5.6)
 */
export function refuseMethod(allowed: string): Middleware {
  return function koaWpConnectRefuseMethod() {
    throw new ConnectError('method_not_allowed', { headers: { Allow: allowed } })
  }
}
