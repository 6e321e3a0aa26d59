import type { Context } from 'koa'
import { isSameUser, type User, type Users } from './user.ts'

/** Asks again who is logged in: the user may have been logged out while their request was under way. */
export async function isStillLoggedIn(users: Users, ctx: Context, user: User): Promise<boolean> {
  const current = await users.current(ctx)
  return current !== null && isSameUser(current, user)
}
