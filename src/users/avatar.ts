import { createHash } from 'node:crypto'
import type { Site } from '../site.ts'
import type { User, Users } from './user.ts'

/** The sizes that WordPress's API names. */
const SIZES = [24, 48, 96] as const

/** A person's picture: the host's choice; without one Gravatar's, as WordPress builds it. Null: there is none. */
export function avatarUrl(users: Users, user: User, size: number): string | null {
  return users.avatarUrl ? users.avatarUrl(user, size) : gravatarUrl(user.email ?? '', size)
}

/** For each of WordPress's sizes; null where there is no picture. */
export function avatarUrls(users: Users, user: User): Record<number, string> | null {
  const urls = SIZES.map(size => [size, avatarUrl(users, user, size)] as const)
  return urls.every(([, url]) => url !== null) ? (Object.fromEntries(urls) as Record<number, string>) : null
}

function gravatarUrl(email: string, size: number): string {
  const hash = createHash('sha256').update(email.trim().toLowerCase()).digest('hex')
  return `https://secure.gravatar.com/avatar/${hash}?s=${size}&d=mm&r=g`
}

/** A person's page: the host's choice; without one where WordPress has it. '' if there is none. */
export function profileUrl(site: Site, users: Users, user: User, slug: string): string {
  if (users.profileUrl) return users.profileUrl(user) ?? ''
  return `${site.url}/author/${slug}/`
}
