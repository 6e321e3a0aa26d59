/** Where the OAuth endpoints are, below the site's root: where WordPress.com has them, and where the RFCs want them. */
export const OAUTH_PATHS = {
  authorize: '/oauth2/authorize',
  /** The same as `authorize`, by the name that WordPress.com's log-in buttons use. */
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
  /** RFC 9728; that of a single resource has the resource's path behind it. */
  protectedResource: '/.well-known/oauth-protected-resource',
} as const

/** The page that asks the user. */
export const consentPath = (uid: string): string => `/oauth2/consent/${uid}`

/** The page of those who may register applications, where developer.wordpress.com has it; `oauth.appsPath` moves it. */
export const DEFAULT_APPS_PATH = '/apps'

/** The page of what a user has let in, where WordPress.com has it. */
export const CONNECTED_APPS_PATH = '/me/security/connected-apps'
