import { english } from './languages/english.ts'
import type { MessageRef } from './languages/words.ts'

/**
 * Every error code and its HTTP status. Codes and statuses are WordPress's where WordPress has them, because clients read
 * them. The messages are ours and say what to do. They are in the language files under `errors.` and the code.
 */
const catalogue = {
  incorrect_password: 401,
  invalid_authorization_header: 401,
  rest_not_logged_in: 401,
  rest_cookie_invalid_nonce: 403,
  invalid_token: 401,
  insufficient_scope: 403,
  authorization_required: 403,
  too_many_attempts: 429,
  rest_no_route: 404,
  rest_invalid_json: 400,
  rest_invalid_param: 400,
  rest_missing_callback_param: 400,
  rest_user_cannot_view: 403,
  rest_user_invalid_id: 404,
  rest_cannot_list_application_passwords: 401,
  rest_cannot_create_application_passwords: 401,
  rest_cannot_delete_application_passwords: 401,
  rest_cannot_read_application_password: 401,
  rest_cannot_edit_application_password: 401,
  rest_cannot_delete_application_password: 401,
  rest_cannot_introspect_app_password_for_non_authenticated_user: 403,
  rest_no_authenticated_app_password: 404,
  rest_application_password_not_found: 404,
  application_password_empty_name: 400,
  application_password_name_too_long: 400,
  application_password_exists: 400,
  too_many_application_passwords: 400,
  account_changed: 409,
  application_passwords_disabled: 501,
  application_passwords_disabled_for_user: 501,
  client_not_found: 404,
  client_exists: 409,
  client_has_no_secret: 400,
  invalid_client_metadata: 400,
  client_document_unavailable: 400,
  invalid_client_document: 400,
  invalid_redirect_uri: 400,
  connected_app_not_found: 404,
  too_many_connected_apps: 400,
  invalid_site: 400,
  authorization_expired: 400,
  https_required: 501,
  body_too_large: 413,
  incomplete_body: 400,
  form_expected: 400,
  body_too_slow: 408,
  invalid_form_token: 403,
  cross_site_request: 403,
  invalid_app_id: 400,
  invalid_redirect_url_format: 400,
  invalid_redirect_scheme: 400,
  not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  busy: 503,
  database_unavailable: 503,
  invalid_user: 400,
  user_exists: 409,
  wordpress_unreadable: 400,
} as const satisfies Record<string, number>

/**
 * A stable error code of this package. Programs compare it; people read `message`. docs/reference/errors.md lists all
 * codes.
 */
export type ErrorCode = keyof typeof catalogue

/** What a {@link ConnectError} may carry in addition to its code. */
export interface ErrorDetails {
  /** HTTP status, if it depends on the case: WordPress answers 401 without a logged-in user and 403 with one. */
  status?: number
  /** Replaces the default message of the code. */
  message?: string
  /** Extra members of WordPress's `data`, such as `params`. */
  data?: Record<string, unknown>
  /** Extra response headers, such as `Retry-After`. By default, errors with status 503 have `Retry-After: 5`. */
  headers?: Record<string, string>
  /** The underlying error. It is for the host's log and never sent to the client. */
  cause?: unknown
}

/**
 * Thrown whenever the package rejects a request or cannot serve it.
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
  /** Stable, for programs to compare. */
  readonly code: ErrorCode
  /** HTTP status of the response. */
  readonly status: number
  /** Tells Koa that the message may be sent to the client. */
  readonly expose = true
  /** Extra members of WordPress's `data`, such as `params`. */
  readonly data: Record<string, unknown>
  /** Extra response headers, such as `Retry-After` (seconds). */
  readonly headers: Record<string, string>

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const words = { id: `errors.${code}` }
    super(details.message ?? english(words), 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    if (details.message === undefined) told.set(this, words)
    this.status = details.status ?? catalogue[code]
    this.data = details.data ?? {}
    this.headers = details.headers ?? (this.status === 503 ? { 'Retry-After': '5' } : {})
  }
}

/** The message of each error, for pages in any language. Errors that were given a plain `message` are not in here. */
const told = new WeakMap<object, MessageRef>()

/** Creates an error with a more specific message than its code has. */
export function errorWithMessage(
  code: ErrorCode,
  words: MessageRef,
  details: Omit<ErrorDetails, 'message'> = {},
): ConnectError {
  const error = new ConnectError(code, { ...details, message: english(words) })
  told.set(error, words)
  return error
}

/** An error as the pages show it. */
export interface Explained {
  message: string
  words?: MessageRef
}

export const messageOf = (error: Explained): MessageRef | undefined => error.words ?? told.get(error)

/**
 * Thrown for a bad option of `createConnect()`, `connectMigrations()` or `connect.require()`, and for an unknown event or
 * filter. The message names the option, the given value and the expected one.
 */
export class OptionsError extends TypeError {
  override readonly name = 'OptionsError'
  readonly code = 'invalid_options'
}
