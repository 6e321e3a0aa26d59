import type { Context } from 'koa'
import type { Users } from '../../users/user.ts'

export type LoginTime = ReturnType<typeof createLoginTime>

/** When the user at the browser logged in, if the host can tell. */
export function createLoginTime(users: Users) {
  /** @returns milliseconds since 1970; null if unknown */
  async function of(ctx: Context): Promise<number | null> {
    return (await users.authenticatedAt?.(ctx))?.getTime() ?? null
  }

  return {
    /** Whether the host tells login times at all. */
    isTold: users.authenticatedAt !== undefined,
    of,
    /**
     * Whether the login is newer than this. An unknown login time is not.
     *
     * @param after milliseconds since 1970; null accepts any login
     */
    async isAfter(ctx: Context, after: number | null): Promise<boolean> {
      if (after === null) return true
      const at = await of(ctx)
      // A host that stores whole seconds cuts off up to one second.
      return at !== null && (at % 1000 === 0 ? at + 999 : at) > after
    },
  }
}
