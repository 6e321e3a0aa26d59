import type { Context } from 'koa'
import type { Cookies } from '../../pages/cookies.ts'
import type { EmbeddedUser, UserRows } from './rows.ts'
import { SESSION_SECONDS, type Sessions } from './sessions.ts'

const COOKIE = 'koa_wp_connect_session'

export type SessionCookie = ReturnType<typeof createSessionCookie>

/** The browser's end of a log-in session. */
export function createSessionCookie(sessions: Sessions, users: UserRows, cookies: Cookies) {
  async function end(ctx: Context): Promise<void> {
    const id = cookies.get(ctx, COOKIE)
    if (id) await sessions.end(id)
    cookies.clear(ctx, COOKIE)
  }
  return {
    end,
    async start(ctx: Context, userId: string, remember: boolean): Promise<void> {
      // A log-in always gets an id of its own, so that nobody can have planted it; the one before ends.
      const before = cookies.get(ctx, COOKIE)
      if (before) await sessions.end(before)
      const seconds = remember ? SESSION_SECONDS.remembered : SESSION_SECONDS.plain
      cookies.set(ctx, COOKIE, await sessions.start(userId, seconds), remember ? seconds : undefined)
    },
    async user(ctx: Context): Promise<EmbeddedUser | null> {
      const id = cookies.get(ctx, COOKIE)
      const userId = id ? await sessions.find(id) : null
      return userId ? users.find(userId) : null
    },
  }
}
