import { createHash } from 'node:crypto'

/** Gravatar's address for a person's picture, as WordPress builds it. */
export function avatarUrl(email: string, size: number): string {
  const hash = createHash('sha256').update(email.trim().toLowerCase()).digest('hex')
  return `https://secure.gravatar.com/avatar/${hash}?s=${size}&d=mm&r=g`
}
