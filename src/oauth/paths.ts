/** Paths of the OAuth endpoints, below the site's root: WordPress.com's, and those of the RFCs. */
export const OAUTH_PATHS = {
  authorize: '/oauth2/authorize',
  /** The same as `authorize`, under the name that WordPress.com's login buttons use. */
  authenticate: '/oauth2/authenticate',
  token: '/oauth2/token',
  tokenInfo: '/oauth2/token-info',
  revoke: '/oauth2/revoke',
  register: '/oauth2/register',
  userinfo: '/oauth2/userinfo',
  /** RFC 8414. */
  metadata: '/.well-known/oauth-authorization-server',
  openidConfiguration: '/.well-known/openid-configuration',
  jwks: '/.well-known/jwks.json',
  /** RFC 9728. For a single resource, the resource's path is appended. */
  protectedResource: '/.well-known/oauth-protected-resource',
} as const

/** Path of the consent page. */
export const consentPath = (uid: string): string => `/oauth2/consent/${uid}`

/** Path of the pages where applications are registered, as on developer.wordpress.com. `oauth.appsPath` changes it. */
export const DEFAULT_APPS_PATH = '/apps'

/** Path of the Connected Apps page, as on WordPress.com. */
export const CONNECTED_APPS_PATH = '/me/security/connected-apps'
