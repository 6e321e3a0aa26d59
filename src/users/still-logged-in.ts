import type { Context } from 'koa'
import { isSameUser, type User, type Users } from './user.ts'

/** Whether the user is still logged in: they may have logged out while their request was being processed. */
export async function isStillLoggedIn(users: Users, ctx: Context, user: User): Promise<boolean> {
  const current = await users.current(ctx)
  return current !== null && isSameUser(current, user)
}
