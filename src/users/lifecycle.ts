import type { Knex } from 'knex'
import type { Database } from '../database/database.ts'
import type { UserChanges } from './changes.ts'
import type { User } from './user.ts'

/** What a feature stores for users, in its own tables. */
export interface UserData {
  /** Whether it ends with the account's password too, not only with the user. */
  endsWithPassword: boolean
  /** Deletes everything stored for the user. @returns a function that emits the events; call it after the commit */
  end(user: User, on: Knex): Promise<() => void>
}

type Write = (on: Knex) => Promise<void>

export type UserLifecycle = ReturnType<typeof createUserLifecycle>

/** What ends with a user, and what with their password: one rule for embedded users and for a host's own. */
export function createUserLifecycle(database: Database, changes: UserChanges) {
  const registered: UserData[] = []

  /** All or nothing: a session must not outlive the password that it was opened with. */
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
    /** @param first written in the same transaction */
    deleted: (user: User, first: Write = NOTHING): Promise<void> => end(user, registered, first),
    /** @param first written in the same transaction */
    passwordChanged: (user: User, first: Write = NOTHING): Promise<void> =>
      end(
        user,
        registered.filter(({ endsWithPassword }) => endsWithPassword),
        first,
      ),
  }
}

const NOTHING: Write = async () => {}

/** What is left of a user who is gone already. */
export const deletedUser = (id: string | number): User => ({ id, login: '' })
