import type { User, Users } from '../../users/user.ts'
import type { FoundAccessToken } from './token-rows.ts'

/**
 * Returns the user of a token: joined to it, or found by the host. Null for a user who is gone or disabled, whose tokens
 * are then invalid too.
 */
export const tokenUser = async (users: Users, { user, userId }: FoundAccessToken): Promise<User | null> =>
  user === undefined ? users.find(userId) : user
