import type { Context } from 'koa'
import type { Users } from '../../users/user.ts'

export type LogInTime = ReturnType<typeof createLogInTime>

/** When whoever is logged in at the browser logged in, as far as the host tells. */
export function createLogInTime(users: Users) {
  /** @returns milliseconds since 1970; null if it is not known */
  async function of(ctx: Context): Promise<number | null> {
    return (await users.authenticatedAt?.(ctx))?.getTime() ?? null
  }

  return {
    /** Whether the host tells it at all. */
    isTold: users.authenticatedAt !== undefined,
    of,
    /**
     * Whether the log-in is newer than this. One that is not known is not.
     *
     * @param after milliseconds since 1970; null: any log-in will do
     */
    async isAfter(ctx: Context, after: number | null): Promise<boolean> {
      if (after === null) return true
      const at = await of(ctx)
      // A host that keeps whole seconds cuts up to one off.
      return at !== null && (at % 1000 === 0 ? at + 999 : at) > after
    },
  }
}
