import type { Knex } from 'knex'
import type { Database } from '../database/database.ts'
import type { UserChanges } from './changes.ts'
import type { User } from './user.ts'

/** A part of the package that keeps something of users, in rows of its own. */
export interface KeptOfUsers {
  /** Whether it ends with the account's password too, not only with the user. */
  endsWithPassword: boolean
  /** Takes away all that it keeps of the user. @returns what tells of it, for when it is certain */
  end(user: User, on: Knex): Promise<() => void>
}

type Write = (on: Knex) => Promise<void>

export type UserLifecycle = ReturnType<typeof createUserLifecycle>

/** What ends with a user, and what with their password: one rule for embedded users and for a host's own. */
export function createUserLifecycle(database: Database, changes: UserChanges) {
  const kept: KeptOfUsers[] = []

  /** All or nothing: a session must not outlive the password that it was opened with. */
  async function end(user: User, parts: readonly KeptOfUsers[], first: Write): Promise<void> {
    const tellings = await database.transaction(async on => {
      await changes.note(String(user.id), on)
      await first(on)
      const ended: (() => void)[] = []
      for (const part of parts) ended.push(await part.end(user, on))
      return ended
    })
    for (const tell of tellings) tell()
  }

  return {
    keep(part: KeptOfUsers): void {
      kept.push(part)
    },
    /** @param first written in the same transaction */
    deleted: (user: User, first: Write = NOTHING): Promise<void> => end(user, kept, first),
    /** @param first written in the same transaction */
    passwordChanged: (user: User, first: Write = NOTHING): Promise<void> =>
      end(
        user,
        kept.filter(({ endsWithPassword }) => endsWithPassword),
        first,
      ),
  }
}

const NOTHING: Write = async () => {}

/** What is left of a user who is gone already. */
export const goneUser = (id: string | number): User => ({ id, login: '' })
