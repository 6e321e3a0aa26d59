import type { Database } from '../database/database.ts'
import type { Hooks } from '../hooks.ts'
import type { User } from '../users/user.ts'
import type { GrantReference, GrantRows } from './grant-rows.ts'

/** Who ended a grant: its user, the application itself, the site; or a code or token that came a second time. */
export type EndedBy = 'user' | 'client' | 'site' | 'reuse'

export type Grants = ReturnType<typeof createGrants>

/** The end of grants, and the word of it. A token whose grant is gone is dead. */
export function createGrants(database: Database, rows: GrantRows, hooks: Hooks) {
  const tell = (ended: readonly GrantReference[], by: EndedBy) => {
    for (const grant of ended) hooks.emit('oauth-disconnected', { ...grant, by })
  }

  /** All that a user granted, to whichever application, as part of a transaction of the site's. @returns what tells of it */
  async function endAllOfUserOn({ id }: Pick<User, 'id'>, on: Database['knex']): Promise<() => void> {
    const ended = await rows.deleteAllOf('user_id', String(id), on)
    return () => tell(ended, 'site')
  }

  return {
    /** @returns how many this very call ended. */
    async end(grants: readonly GrantReference[], by: EndedBy): Promise<number> {
      const ended = await database.transaction(on => rows.delete(grants, on))
      tell(ended, by)
      return ended.length
    },
    endAllOfUserOn,
    /** The same in a transaction of its own. */
    async endAllOfUser(user: Pick<User, 'id'>): Promise<void> {
      const tellOfThem = await database.transaction(on => endAllOfUserOn(user, on))
      tellOfThem()
    },
    /** An application, with all that users granted it. */
    async endAllOfClient(clientId: string, deleteClient: (on: Database['knex']) => Promise<void>) {
      const ended = await database.transaction(async on => {
        // The client first: what is in flight for it ends there, and what it was granted follows.
        await deleteClient(on)
        return rows.deleteAllOf('client_id', clientId, on)
      })
      tell(ended, 'site')
    },
  }
}
