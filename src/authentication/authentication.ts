import type { Context } from 'koa'
import type { Auth } from './auth.ts'

/**
 * One kind of credentials that a request may come with.
 *
 * @returns null at once where the request has none of this kind: the next way is asked. Otherwise who is calling; null for nobody
 * @throws ConnectError for credentials that are wrong; nobody is ever taken for somebody else
 */
export type Way = (ctx: Context) => Promise<Auth | null> | null

export interface Authentication {
  /** @returns null for nobody. @throws ConnectError for credentials that are wrong */
  identify(ctx: Context): Promise<Auth | null> | null
}

/** Who is calling, by the first way whose credentials the request has. */
export const createAuthentication = (ways: readonly Way[]): Authentication => ({
  identify(ctx) {
    for (const way of ways) {
      const found = way(ctx)
      if (found) return found
    }
    return null
  },
})
