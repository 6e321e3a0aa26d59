import type { Context } from 'koa'
import type { Cookies } from '../http/cookies.ts'
import type { User, Users } from '../users/user.ts'
import type { Session, Sessions } from './sessions.ts'

const COOKIE = 'koa_wp_connect_session'

export type SessionCookie = ReturnType<typeof createSessionCookie>

/**
 * Stores the session of a user in a cookie.
 *
 * @param users the users as the host has them: it may keep out a user of the table
 */
export function createSessionCookie(sessions: Sessions, users: Pick<Users, 'find'>, cookies: Cookies) {
  async function find(ctx: Context): Promise<Session | null> {
    const id = cookies.get(ctx, COOKIE)
    return id ? sessions.find(id) : null
  }

  async function end(ctx: Context): Promise<void> {
    const id = cookies.get(ctx, COOKIE)
    if (id) await sessions.end(id)
    cookies.clear(ctx, COOKIE)
  }
  return {
    end,
    /** @param keepFor seconds to keep the cookie; by default until the browser is closed */
    async replace(ctx: Context, sessionId: string, keepFor?: number): Promise<void> {
      // Each login gets a new id, so that an attacker cannot have planted it. The previous session ends.
      const before = cookies.get(ctx, COOKIE)
      if (before) await sessions.end(before)
      cookies.set(ctx, COOKIE, sessionId, keepFor)
    },
    async user(ctx: Context): Promise<User | null> {
      const session = await find(ctx)
      return session && users.find(session.userId)
    },
    async loggedIn(ctx: Context): Promise<Date | null> {
      return (await find(ctx))?.loggedIn ?? null
    },
  }
}
