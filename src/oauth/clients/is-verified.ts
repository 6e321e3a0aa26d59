import { mayManageClients, type Users } from '../../users/user.ts'
import type { StoredClient } from './client-rows.ts'

/**
 * Whether a person who manages the site's applications registered the client, so that its name can be trusted. Everyone
 * else can choose any name: applications that register themselves, and users who manage only their own.
 */
export async function isVerified(
  { selfRegistered, ownerId, unverified }: Pick<StoredClient, 'selfRegistered' | 'ownerId' | 'unverified'>,
  users: Pick<Users, 'find' | 'canManageClients'>,
): Promise<boolean> {
  if (selfRegistered) return false
  if (ownerId === null) return !unverified
  const owner = await users.find(ownerId)
  return owner !== null && (await mayManageClients(users, owner)) === true
}
