import { english } from './languages/english.ts'
import type { Words } from './languages/words.ts'

/**
 * Every stable code, its HTTP status and what it says. Codes and statuses are WordPress's where WordPress has one, because
 * clients read them; the words are ours and say what to do.
 */
const catalogue = {
  incorrect_password: [401, 'The user name or the application password is wrong, or the password has been revoked.'],
  invalid_authorization_header: [
    401,
    'The Authorization header is malformed. Send "Basic", a space, and base64 of "user:application password".',
  ],
  rest_not_logged_in: [
    401,
    'You are not logged in. Send an application password with HTTP Basic authentication, or an access token where the site takes them.',
  ],
  rest_cookie_invalid_nonce: [403, 'The X-WP-Nonce is wrong or has expired. Reload the page and try again.'],
  invalid_token: [401, 'The access token is not valid: it has expired, or its connection was ended. Get a new one.'],
  insufficient_scope: [403, 'The access token does not allow this.'],
  authorization_required: [403, 'Send an access token, or log in, to ask about the current user.'],
  too_many_attempts: [429, 'Too many failed attempts. Wait, then try again with the right password.'],
  rest_no_route: [404, 'No route matches this address and method.'],
  rest_invalid_json: [400, 'The body is not valid JSON.'],
  rest_invalid_param: [400, 'Some parameters are invalid.'],
  rest_missing_callback_param: [400, 'Some parameters are missing.'],
  rest_user_cannot_view: [403, 'You are allowed to see your own user only.'],
  rest_user_invalid_id: [404, 'There is no user with this id.'],
  rest_cannot_list_application_passwords: [401, 'You are not allowed to list the application passwords of this user.'],
  rest_cannot_create_application_passwords: [401, 'You are not allowed to create application passwords for this user.'],
  rest_cannot_delete_application_passwords: [
    401,
    'You are not allowed to revoke the application passwords of this user.',
  ],
  rest_cannot_read_application_password: [401, 'You are not allowed to read this application password.'],
  rest_cannot_edit_application_password: [401, 'You are not allowed to rename this application password.'],
  rest_cannot_delete_application_password: [401, 'You are not allowed to revoke this application password.'],
  rest_cannot_introspect_app_password_for_non_authenticated_user: [
    403,
    'An application password can be introspected by its own user only.',
  ],
  rest_no_authenticated_app_password: [404, 'This request did not come in with an application password.'],
  rest_application_password_not_found: [404, 'There is no such application password.'],
  application_password_empty_name: [400, 'Give the application password a name.'],
  application_password_name_too_long: [400, 'The name is too long: 200 characters at most.'],
  application_passwords_disabled: [501, 'Application passwords are not available on this site.'],
  application_passwords_disabled_for_user: [501, 'Application passwords are not available for this account.'],
  client_not_found: [404, 'There is no application with this client ID.'],
  client_has_no_secret: [400, 'A native application has no secret.'],
  invalid_client_metadata: [400, 'The application’s details are not valid.'],
  invalid_redirect_uri: [400, 'The redirect address is not valid.'],
  connected_app_not_found: [404, 'There is no such connected app. It may be disconnected already.'],
  invalid_site: [400, 'Choose one of your sites.'],
  authorization_expired: [
    400,
    'This request has been answered already, or has expired. Look at the application: it may be connected. If not, start there again.',
  ],
  https_required: [
    501,
    'OAuth needs HTTPS, and this request came in without it. If the site stands behind a proxy, the app must trust it ' +
      '(app.proxy = true); on a development machine, set the environment to "local".',
  ],
  body_too_large: [413, 'The body is too large: 16 KB at most.'],
  incomplete_body: [400, 'The body is shorter than its Content-Length says, or could not be read.'],
  body_too_slow: [408, 'The body took too long to arrive. Send it again, all at once.'],
  invalid_form_token: [403, 'This form has expired. Go back, reload the page and try again.'],
  cross_site_request: [403, 'This form was sent from another site.'],
  invalid_app_id: [400, 'The application ID must be a UUID in lower case.'],
  invalid_redirect_url_format: [400, 'The address to return to is not valid.'],
  invalid_redirect_scheme: [400, 'The address to return to must begin with https://.'],
  not_allowed: [403, 'You are not allowed to do this.'],
  not_found: [404, 'There is no such page.'],
  method_not_allowed: [405, 'This address does not answer that method.'],
  busy: [503, 'The site is too busy to check a password right now. Try again in a moment.'],
  database_unavailable: [503, 'The site cannot reach its database right now. Try again in a moment.'],
  invalid_user: [400, 'The user is not valid.'],
  user_exists: [409, 'There is a user with this login or e-mail address already.'],
  wordpress_unreadable: [400, 'The database or the dump is none of a WordPress, or cannot be read.'],
} as const satisfies Record<string, readonly [status: number, message: string]>

/** A stable code of this package: what programs compare, where people read `message`. docs/errors.md has all of them. */
export type ErrorCode = keyof typeof catalogue

/** What {@link ConnectError} may say beside its code. */
export interface ErrorDetails {
  /** HTTP status, where it depends on the case: WordPress answers 401 to nobody and 403 to somebody. */
  status?: number
  /** Replaces the catalogue's words. */
  message?: string
  /** Further members of WordPress's `data`, such as `params`. */
  data?: Record<string, unknown>
  /** Response headers, such as `Retry-After`. */
  headers?: Record<string, string>
  /** What failed behind it; for the host's log, and never in an answer. */
  cause?: unknown
}

/**
 * Everything that this package refuses or cannot do.
 *
 * @example
 * try {
 *   await connect.verifyCredentials(login, password, ip)
 * } catch (error) {
 *   if (error instanceof ConnectError && error.code === 'incorrect_password') return refuse()
 *   throw error
 * }
 */
export class ConnectError extends Error {
  override readonly name = 'ConnectError'
  /** Stable, for programs. */
  readonly code: ErrorCode
  /** The HTTP status that this error is answered with. */
  readonly status: number
  /** Koa: the message is meant for the caller. */
  readonly expose = true
  /** Further members of WordPress's `data`, such as `params`. */
  readonly data: Record<string, unknown>
  /** What the answer has beside, such as `Retry-After` in seconds. */
  readonly headers: Record<string, string>

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const [status, message] = catalogue[code]
    super(details.message ?? message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    if (details.message === undefined) told.set(this, { id: `errors.${code}` })
    this.status = details.status ?? status
    this.data = details.data ?? {}
    this.headers = details.headers ?? (this.status === 503 ? { 'Retry-After': '5' } : {})
  }
}

/** What errors say, for pages in any language; nothing of one whose thrower said it in words of their own. */
const told = new WeakMap<object, Words>()

/** An error that says more than its code does, in a message of its own. */
export function errorThatSays(
  code: ErrorCode,
  words: Words,
  details: Omit<ErrorDetails, 'message'> = {},
): ConnectError {
  const error = new ConnectError(code, { ...details, message: english(words) })
  told.set(error, words)
  return error
}

/** An error as pages tell of it. */
export interface Explained {
  message: string
  words?: Words
}

export const wordsOf = (error: Explained): Words | undefined => error.words ?? told.get(error)

/** A bad option of `createConnect()` or `embeddedUsers()`; the message names it, what was given and what is expected. */
export class OptionsError extends TypeError {
  override readonly name = 'OptionsError'
  readonly code = 'invalid_options'
}
