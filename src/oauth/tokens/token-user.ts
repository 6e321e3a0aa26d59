import type { User, Users } from '../../users/user.ts'
import type { FoundAccessToken } from './token-rows.ts'

/** Whose token it is: joined to it, or found where the host keeps them. None who is gone, or disabled: so are the tokens. */
export const tokenUser = async (users: Users, { user, userId }: FoundAccessToken): Promise<User | null> =>
  user === undefined ? users.find(userId) : user
