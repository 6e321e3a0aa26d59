import type { Configuration, Client as ProviderClient } from 'oidc-provider'

/** In seconds. The lifetime of refresh tokens starts again with each use. */
const LIFETIMES = {
  /** Enough for a phone that starts an application on a slow connection. RFC 6749, section 4.1.2 allows ten minutes. */
  code: 5 * 60,
  access: 3600,
  legacyAccess: 14 * 24 * 3600,
  refresh: 90 * 24 * 3600,
  interaction: 3600,
  /** Grants do not expire. The sweep deletes those that have no tokens left. */
  grant: 10 * 365 * 24 * 3600,
}

/** Whether a client is of WordPress.com's kind: it has a secret, and one long-lived token instead of refresh tokens. */
export const isLegacy = (client: ProviderClient): boolean =>
  client.clientAuthMethod !== 'none' &&
  client.clientAuthMethod !== 'private_key_jwt' &&
  !client.grantTypeAllowed('refresh_token')

/** How long each of oidc-provider's records lasts. */
export const TTL = {
  AuthorizationCode: LIFETIMES.code,
  AccessToken: (_ctx, _token, client) => (isLegacy(client) ? LIFETIMES.legacyAccess : LIFETIMES.access),
  RefreshToken: LIFETIMES.refresh,
  IdToken: LIFETIMES.access,
  Interaction: LIFETIMES.interaction,
  Grant: LIFETIMES.grant,
  // Sessions are never stored.
  Session: LIFETIMES.interaction,
} as const satisfies Configuration['ttl']
