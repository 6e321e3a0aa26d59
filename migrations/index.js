// @ts-check
import { applicationPasswordsTable } from './0001-application-passwords.js'
import { embeddedUsersTables } from './0002-embedded-users.js'
import { oauthTables } from './0003-oauth.js'
import { applicationPasswordImportsTable } from './0004-application-password-imports.js'
import { throttleTable } from './0005-throttle.js'
import { introducedClients } from './0006-introduced-clients.js'
import { tokenUsesAndAlgorithms } from './0007-token-uses-and-algorithms.js'
import { loginTimes } from './0008-log-in-times.js'
import { pendingRequestsOfUsers } from './0009-pending-requests.js'
import { userChangesTable } from './0010-user-changes.js'
import { clientOwners } from './0011-client-owners.js'
import { contentTables } from './0012-content.js'
import { contentIdsTable } from './0013-content-ids.js'

// A released migration never changes. These files import nothing from src/, so no change there can change them.
export const forEverySite = [applicationPasswordsTable, applicationPasswordImportsTable, userChangesTable]
export const forEmbeddedUsers = [embeddedUsersTables, loginTimes]
export const forOAuth = [oauthTables, introducedClients, tokenUsesAndAlgorithms, pendingRequestsOfUsers, clientOwners]
export const forThrottle = [throttleTable]
export const forContent = [contentIdsTable]
export const forEmbeddedContent = [contentTables]
