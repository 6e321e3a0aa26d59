import type { Check } from './check.ts'
import { addressCheck } from './checks/address.ts'
import { authorizationCheck } from './checks/authorization.ts'
import { callerAddressCheck } from './checks/caller-address.ts'
import { httpsCheck } from './checks/https.ts'
import { migrationsCheck } from './checks/migrations.ts'
import { oauthMetadataCheck } from './checks/oauth-metadata.ts'
import { pagePolicyCheck } from './checks/page-policy.ts'
import { thisSiteCheck } from './checks/this-site.ts'

/** All checks, in the order of their results. */
export const CHECKS: readonly Check[] = [
  // Without its tables, nothing else works correctly.
  migrationsCheck,
  addressCheck,
  thisSiteCheck,
  authorizationCheck,
  httpsCheck,
  pagePolicyCheck,
  callerAddressCheck,
  oauthMetadataCheck,
]
