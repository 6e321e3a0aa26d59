import type { Database } from '../../database/database.ts'
import { ConnectError, errorWithMessage } from '../../errors.ts'
import type { User } from '../../users/user.ts'
import type { Making, UserChanges } from '../../users/user-changes.ts'
import type { ClientRows } from '../clients/client-rows.ts'
import type { OAuthHooks } from '../events.ts'
import type { EndedBy } from './ended-by.ts'
import type { Grant, GrantReference } from './grant.ts'
import type { GrantRows } from './grant-rows.ts'

export type Grants = ReturnType<typeof createGrants>

/**
 * Maximum number of grants per user: more than a person ever approves, and few enough that a user cannot fill the table.
 */
export const MAX_GRANTS = 1000
/** Maximum number of these for applications with a client ID metadata document: a copy of each document is stored. */
export const MAX_DOCUMENT_CLIENTS = 100

interface GrantsParts {
  database: Database
  rows: GrantRows
  clients: ClientRows
  changes: UserChanges
  hooks: OAuthHooks
}

/** Creates and ends grants, and emits `oauth-disconnected`. A token is valid only while its grant exists. */
export function createGrants({ database, rows, clients, changes, hooks }: GrantsParts) {
  const tell = (ended: readonly GrantReference[], by: EndedBy) => {
    for (const grant of ended) hooks.emit('oauth-disconnected', { ...grant, by })
  }

  /**
   * Ends all grants of a user, as part of a transaction.
   *
   * @returns a function that emits the events; call it after the commit
   */
  async function endAllOfUserOn({ id }: Pick<User, 'id'>, on: Database['knex']): Promise<() => void> {
    const ended = await rows.deleteAllOf('user_id', String(id), on)
    return () => tell(ended, 'site')
  }

  return {
    /**
     * Writes a grant, unless its user or its client was deleted meanwhile.
     *
     * @param making started before the user was identified
     * @throws ConnectError `account_changed`, `too_many_connected_apps`; `authorization_expired` if the client is gone
     */
    write: (making: Making, grant: Grant): Promise<void> =>
      making.write(async on => {
        // A client with a client ID metadata document has no row.
        const hasRow = !URL.canParse(grant.clientId)
        if (hasRow && !(await clients.keep(grant.clientId, on))) throw new ConnectError('authorization_expired')
        if ((await rows.countOfUser(grant.userId, on)) >= MAX_GRANTS) throw new ConnectError('too_many_connected_apps')
        if (!hasRow && (await rows.countOtherDocumentClients(grant, on)) >= MAX_DOCUMENT_CLIENTS)
          throw errorWithMessage('too_many_connected_apps', { id: 'errors.too_many_connected_apps.documents' })
        await rows.insert(grant, on)
      }),
    begin: (userId: string): Promise<Making> => changes.begin(userId),
    /** Deletes a grant that was never announced by an event. */
    async takeBack(grant: Grant): Promise<void> {
      await database.transaction(on => rows.delete([grant], on))
    },
    /** @returns how many grants this call ended */
    async end(grants: readonly GrantReference[], by: EndedBy): Promise<number> {
      const ended = await database.transaction(on => rows.delete(grants, on))
      tell(ended, by)
      return ended.length
    },
    endAllOfUserOn,
    /** Ends all grants of a user in a separate transaction. */
    async endAllOfUser(user: Pick<User, 'id'>): Promise<void> {
      const tellOfThem = await database.transaction(async on => {
        await changes.note(String(user.id), on)
        return endAllOfUserOn(user, on)
      })
      tellOfThem()
    },
    /** Deletes an application and all of its grants. */
    async endAllOfClient(clientId: string, deleteClient: (on: Database['knex']) => Promise<void>) {
      const ended = await database.transaction(async on => {
        // Delete the client first: requests for it that are being processed then fail, and its grants follow.
        await deleteClient(on)
        return rows.deleteAllOf('client_id', clientId, on)
      })
      tell(ended, 'site')
    },
  }
}
