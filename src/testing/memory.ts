import knex, { type Knex } from 'knex'
import type { User, Users } from '../users/user.ts'

/** Creates users that exist for the length of a test. */
export function memoryUsers(people: ReadonlyMap<string, User>): Users {
  return {
    current: async () => null,
    find: async id => people.get(id) ?? null,
    async findByLogin(loginOrEmail) {
      const wanted = loginOrEmail.toLowerCase()
      const isCalled = ({ login, email }: User) => [login, email].some(name => name?.toLowerCase() === wanted)
      return [...people.values()].find(isCalled) ?? null
    },
    loginUrl: returnTo => `/login?return=${encodeURIComponent(returnTo)}`,
  }
}

/** @throws Error if neither driver is installed: the package depends on none */
export async function memoryDatabase(): Promise<Knex> {
  for (const client of ['better-sqlite3', 'sqlite3']) {
    if (await isInstalled(client)) return knex({ client, connection: { filename: ':memory:' }, useNullAsDefault: true })
  }
  throw new Error('createTestSite: install better-sqlite3 or sqlite3 for a database in memory, or pass the option knex')
}

async function isInstalled(name: string): Promise<boolean> {
  try {
    await import(name)
    return true
  } catch {
    return false
  }
}
