import { avatarUrl } from './avatar.ts'
import type { User } from './user.ts'

/** What OpenID Connect calls the facts of a user (Core 1.0, 5.1). Of `email_verified` only the host could speak. */
export const claimsOf = (user: User) => ({
  sub: String(user.id),
  name: user.name ?? user.login,
  preferred_username: user.login,
  picture: avatarUrl(user.email ?? '', 96),
  ...(user.email && { email: user.email }),
})
