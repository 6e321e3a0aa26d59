import type { Database } from '../../database/database.ts'
import { ConnectError, errorWithMessage } from '../../errors.ts'
import type { Making, UserChanges } from '../../users/changes.ts'
import type { User } from '../../users/user.ts'
import type { ClientRows } from '../clients/client-rows.ts'
import type { OAuthHooks } from '../events.ts'
import type { EndedBy } from './ended-by.ts'
import type { Grant, GrantReference, GrantRows } from './grant-rows.ts'

export type Grants = ReturnType<typeof createGrants>

/** Connections of one user: more than anybody approves, and few enough that no user fills the table. */
export const MAX_GRANTS = 1000
/** Of these, applications that describe themselves by a document: a copy is kept of each one's. */
export const MAX_DOCUMENT_CLIENTS = 100

interface GrantsParts {
  database: Database
  rows: GrantRows
  clients: ClientRows
  changes: UserChanges
  hooks: OAuthHooks
}

/** Makes and ends grants, and emits `oauth-disconnected`. A token is valid only while its grant exists. */
export function createGrants({ database, rows, clients, changes, hooks }: GrantsParts) {
  const tell = (ended: readonly GrantReference[], by: EndedBy) => {
    for (const grant of ended) hooks.emit('oauth-disconnected', { ...grant, by })
  }

  /** All that a user granted, to whichever application, as part of a transaction of the site's. @returns what tells of it */
  async function endAllOfUserOn({ id }: Pick<User, 'id'>, on: Database['knex']): Promise<() => void> {
    const ended = await rows.deleteAllOf('user_id', String(id), on)
    return () => tell(ended, 'site')
  }

  return {
    /**
     * Writes a grant, unless its user or its client has ended since the beginning.
     *
     * @param making begun before the user was asked who they are
     * @throws ConnectError `account_changed`, `too_many_connected_apps`; `authorization_expired` if the client is gone
     */
    write: (making: Making, grant: Grant): Promise<void> =>
      making.write(async on => {
        // A client that describes itself by a document has no row.
        const hasRow = !URL.canParse(grant.clientId)
        if (hasRow && !(await clients.keep(grant.clientId, on))) throw new ConnectError('authorization_expired')
        if ((await rows.countOfUser(grant.userId, on)) >= MAX_GRANTS) throw new ConnectError('too_many_connected_apps')
        if (!hasRow && (await rows.countOtherDocumentClients(grant, on)) >= MAX_DOCUMENT_CLIENTS)
          throw errorWithMessage('too_many_connected_apps', { id: 'errors.too_many_connected_apps.documents' })
        await rows.insert(grant, on)
      }),
    begin: (userId: string): Promise<Making> => changes.begin(userId),
    /** Deletes a grant that nobody has heard of yet. */
    async takeBack(grant: Grant): Promise<void> {
      await database.transaction(on => rows.delete([grant], on))
    },
    /** @returns how many this very call ended. */
    async end(grants: readonly GrantReference[], by: EndedBy): Promise<number> {
      const ended = await database.transaction(on => rows.delete(grants, on))
      tell(ended, by)
      return ended.length
    },
    endAllOfUserOn,
    /** The same in a transaction of its own. */
    async endAllOfUser(user: Pick<User, 'id'>): Promise<void> {
      const tellOfThem = await database.transaction(async on => {
        await changes.note(String(user.id), on)
        return endAllOfUserOn(user, on)
      })
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
