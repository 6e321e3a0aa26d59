import { avatarUrl } from './avatar.ts'
import type { User, Users } from './user.ts'

/** The claims that each scope requests (OpenID Connect Core 1.0, section 5.4). */
export const CLAIMS_OF_SCOPES: Readonly<Record<string, string[]>> = {
  openid: ['sub'],
  profile: ['name', 'preferred_username', 'picture'],
  email: ['email', 'email_verified'],
}

/** Returns the user's standard claims (OpenID Connect Core 1.0, section 5.1). */
export function claimsOf(users: Users, user: User) {
  const picture = avatarUrl(users, user, 96)
  return {
    sub: String(user.id),
    name: user.name ?? user.login,
    preferred_username: user.login,
    ...(picture !== null && { picture }),
    ...(user.email && { email: user.email }),
    // Applications link accounts by this claim. Only the host knows its value, so leave it out if the host does not say.
    ...(user.email && typeof user.emailVerified === 'boolean' && { email_verified: user.emailVerified }),
  }
}
