import type { Migration } from '../database/migrator.ts'
import { applicationPasswordsTable } from '../migrations/0001-application-passwords.ts'
import { embeddedUsersTables } from '../migrations/0002-embedded-users.ts'
import { oauthTables } from '../migrations/0003-oauth.ts'
import { applicationPasswordImportsTable } from '../migrations/0004-application-password-imports.ts'
import { throttleTable } from '../migrations/0005-throttle.ts'
import { introducedClients } from '../migrations/0006-introduced-clients.ts'
import { tokenUsesAndAlgorithms } from '../migrations/0007-token-uses-and-algorithms.ts'
import { logInTimes } from '../migrations/0008-log-in-times.ts'
import { pendingRequestsOfUsers } from '../migrations/0009-pending-requests.ts'
import { userChangesTable } from '../migrations/0010-user-changes.ts'
import { clientOwners } from '../migrations/0011-client-owners.ts'

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
