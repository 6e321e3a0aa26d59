import { avatarUrl } from './avatar.ts'
import type { User, Users } from './user.ts'

/** Which claims each scope opens (OpenID Connect Core 1.0, 5.4). */
export const CLAIMS_OF_SCOPES: Readonly<Record<string, string[]>> = {
  openid: ['sub'],
  profile: ['name', 'preferred_username', 'picture'],
  email: ['email', 'email_verified'],
}

/** What OpenID Connect calls the facts of a user (Core 1.0, 5.1). */
export function claimsOf(users: Users, user: User) {
  const picture = avatarUrl(users, user, 96)
  return {
    sub: String(user.id),
    name: user.name ?? user.login,
    preferred_username: user.login,
    ...(picture !== null && { picture }),
    ...(user.email && { email: user.email }),
    // Only the host knows, and applications join accounts by it: without its word there is no claim.
    ...(user.email && typeof user.emailVerified === 'boolean' && { email_verified: user.emailVerified }),
  }
}
