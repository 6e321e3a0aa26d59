import type { ApplicationPasswordEvents, ApplicationPasswordFilters } from '../application-passwords/events.ts'
import { createHooks, type ErrorEvent } from '../hooks/hooks.ts'
import type { OAuthEvents } from '../oauth/events.ts'

/** What listeners are told. No event carries a secret. */
export interface Events extends ApplicationPasswordEvents, OAuthEvents, ErrorEvent {}

/** What filters decide. Each filter gets the decision so far and returns the next one. */
export interface Filters extends ApplicationPasswordFilters {}

// Complete, or `npm run types` fails.
const EVENTS: Readonly<Record<keyof Events, true>> = {
  'application-password-created': true,
  'application-password-updated': true,
  'application-password-revoked': true,
  'application-password-used': true,
  'application-password-refused': true,
  'oauth-authorized': true,
  'oauth-denied': true,
  'oauth-token-issued': true,
  'oauth-disconnected': true,
  'oauth-token-reused': true,
  error: true,
}
const FILTERS: Readonly<Record<keyof Filters, true>> = {
  'application-passwords-available': true,
  'application-passwords-available-for-user': true,
  'application-password-match': true,
}

/** The hooks of one site. docs/adapt/hooks.md has the table of both names, WordPress's and ours. */
export const createSiteHooks = () => createHooks<Events, Filters>(Object.keys(EVENTS), Object.keys(FILTERS))
