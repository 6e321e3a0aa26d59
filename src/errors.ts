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
  rest_not_logged_in: [401, 'You are not logged in. Send an application password with HTTP Basic authentication.'],
  rest_cookie_invalid_nonce: [403, 'The X-WP-Nonce is wrong or has expired. Reload the page and try again.'],
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
  body_too_large: [413, 'The body is too large: 16 KB at most.'],
  incomplete_body: [400, 'The body is shorter than its Content-Length says, or could not be read.'],
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
} as const satisfies Record<string, readonly [status: number, message: string]>

/** A stable code of this package: what programs compare, where people read `message`. */
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
  readonly data: Record<string, unknown>
  readonly headers: Record<string, string>

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const [status, message] = catalogue[code]
    super(details.message ?? message, 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    this.status = details.status ?? status
    this.data = details.data ?? {}
    this.headers = details.headers ?? (this.status === 503 ? { 'Retry-After': '5' } : {})
  }
}

/** A bad option of `createConnect()` or `embeddedUsers()`; the message names it, what was given and what is expected. */
export class OptionsError extends TypeError {
  override readonly name = 'OptionsError'
  readonly code = 'invalid_options'
}
