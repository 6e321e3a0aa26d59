import { createHash } from 'node:crypto'
import type { Site } from '../site.ts'
import type { User, Users } from './user.ts'

/** The sizes that WordPress's API lists. */
const SIZES = [24, 48, 96] as const

/**
 * Returns the URL of a user's picture: the host's, or by default Gravatar's, built as WordPress builds it. Null if there is
 * none.
 */
export function avatarUrl(users: Users, user: User, size: number): string | null {
  return users.avatarUrl ? users.avatarUrl(user, size) : gravatarUrl(user.email ?? '', size)
}

/** Returns one URL per WordPress size. Null if there is no picture. */
export function avatarUrls(users: Users, user: User): Record<number, string> | null {
  const urls = SIZES.map(size => [size, avatarUrl(users, user, size)] as const)
  return urls.every(([, url]) => url !== null) ? (Object.fromEntries(urls) as Record<number, string>) : null
}

function gravatarUrl(email: string, size: number): string {
  const hash = createHash('sha256').update(email.trim().toLowerCase()).digest('hex')
  return `https://secure.gravatar.com/avatar/${hash}?s=${size}&d=mm&r=g`
}

/** Returns the URL of a user's public page: the host's, or by default the one that WordPress uses. '' if there is none. */
export function profileUrl(site: Site, users: Users, user: User, slug: string): string {
  if (users.profileUrl) return users.profileUrl(user) ?? ''
  return `${site.url}/author/${slug}/`
}
