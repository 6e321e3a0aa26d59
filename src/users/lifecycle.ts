import type { Knex } from 'knex'
import type { Database } from '../database/database.ts'
import type { User } from './user.ts'
import type { UserChanges } from './user-changes.ts'

/** The data that a feature stores for users, in its own tables. */
export interface UserData {
  /** Whether the data is also deleted when the account password changes, not only when the user is deleted. */
  endsWithPassword: boolean
  /**
   * Deletes everything stored for the user.
   *
   * @returns a function that emits the events; call it after the commit
   */
  end(user: User, on: Knex): Promise<() => void>
}

type Write = (on: Knex) => Promise<void>

export type UserLifecycle = ReturnType<typeof createUserLifecycle>

/**
 * Deletes data when a user is deleted or their password changes. The rules are the same for embedded users and a host's
 * own.
 */
export function createUserLifecycle(database: Database, changes: UserChanges) {
  const registered: UserData[] = []

  /** One transaction: a session must not outlive the password that it was opened with. */
  async function end(user: User, parts: readonly UserData[], first: Write): Promise<void> {
    const emitters = await database.transaction(async on => {
      await changes.note(String(user.id), on)
      await first(on)
      const ended: (() => void)[] = []
      for (const part of parts) ended.push(await part.end(user, on))
      return ended
    })
    for (const emitEvents of emitters) emitEvents()
  }

  return {
    register(part: UserData): void {
      registered.push(part)
    },
    /** @param first a write in the same transaction, before the deletions */
    deleted: (user: User, first: Write = NOTHING): Promise<void> => end(user, registered, first),
    /** @param first a write in the same transaction, before the deletions */
    passwordChanged: (user: User, first: Write = NOTHING): Promise<void> =>
      end(
        user,
        registered.filter(({ endsWithPassword }) => endsWithPassword),
        first,
      ),
  }
}

const NOTHING: Write = async () => {}

/** The user object for a user who is gone already. */
export const deletedUser = (id: string | number): User => ({ id, login: '' })
