import type { ApplicationPasswordEvents, ApplicationPasswordFilters } from '../application-passwords/events.ts'
import type { ContentEvents, ContentFilters } from '../content/events.ts'
import { createHooks, type ErrorEvent } from '../hooks/hooks.ts'
import type { OAuthEvents } from '../oauth/events.ts'

/** The events, with the type of each. No event carries a secret. */
export interface Events extends ApplicationPasswordEvents, OAuthEvents, ContentEvents, ErrorEvent {}

/** The filters, with the type of each. A filter gets the decision so far and returns the next one. */
export interface Filters extends ApplicationPasswordFilters, ContentFilters {}

// The types make both lists complete: a missing name fails `npm run types`.
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
  'content-created': true,
  'content-updated': true,
  'content-deleted': true,
  error: true,
}
const FILTERS: Readonly<Record<keyof Filters, true>> = {
  'application-passwords-available': true,
  'application-passwords-available-for-user': true,
  'application-password-match': true,
  'content-rendered': true,
}

/** Creates the hooks of one site. docs/adapt/hooks.md lists WordPress's names and ours. */
export const createSiteHooks = () => createHooks<Events, Filters>(Object.keys(EVENTS), Object.keys(FILTERS))
