import type { Migration } from '../database/migrator.ts'
import { applicationPasswordsTable } from './0001-application-passwords.ts'
import { embeddedUsersTables } from './0002-embedded-users.ts'
import { oauthTables } from './0003-oauth.ts'
import { applicationPasswordImportsTable } from './0004-application-password-imports.ts'
import { throttleTable } from './0005-throttle.ts'
import { introducedClients } from './0006-introduced-clients.ts'
import { tokenUsesAndAlgorithms } from './0007-token-uses-and-algorithms.ts'
import { logInTimes } from './0008-log-in-times.ts'
import { pendingRequestsOfUsers } from './0009-pending-requests.ts'
import { userChangesTable } from './0010-user-changes.ts'
import { clientOwners } from './0011-client-owners.ts'

/** What `embeddedUsers()` needs. */
export const embeddedUsersMigrations: readonly Migration[] = [embeddedUsersTables, logInTimes]

interface Needs {
  /** What users that the package brings have beside. */
  ofUsers: readonly Migration[]
  oauth: boolean
  /** Whether failed attempts are counted in the database. */
  throttle: boolean
}

/** Those that a site needs, in the order of their numbers. */
export function chooseMigrations({ ofUsers, oauth, throttle }: Needs): readonly Migration[] {
  const ofOAuth = [oauthTables, introducedClients, tokenUsesAndAlgorithms, pendingRequestsOfUsers, clientOwners]
  const chosen = [
    applicationPasswordsTable,
    applicationPasswordImportsTable,
    userChangesTable,
    ...ofUsers,
    ...(oauth ? ofOAuth : []),
    ...(throttle ? [throttleTable] : []),
  ]
  return chosen.toSorted((a, b) => (a.name < b.name ? -1 : 1))
}
