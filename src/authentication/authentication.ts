import type { Context } from 'koa'
import type { Auth } from './auth.ts'

/**
 * A way to authenticate a request, by one kind of credentials.
 *
 * @returns null without a promise if the request has no credentials of this kind: then the next way is tried. Otherwise the
 * caller, or null if they are ignored
 * @throws ConnectError for wrong credentials; the request is never treated as another caller's
 */
export type Way = (ctx: Context) => Promise<Auth | null> | null

export interface Authentication {
  /**
   * @returns null for a request without credentials
   * @throws ConnectError for wrong credentials
   */
  identify(ctx: Context): Promise<Auth | null> | null
}

/** Authenticates a request by the first way that finds its credentials. */
export const createAuthentication = (ways: readonly Way[]): Authentication => ({
  identify(ctx) {
    for (const way of ways) {
      const found = way(ctx)
      if (found) return found
    }
    return null
  },
})
