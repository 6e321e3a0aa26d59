import { english } from './languages/english.ts'
import type { MessageRef } from './languages/words.ts'

/**
 * Every stable code and its HTTP status: WordPress's where WordPress has one, because clients read them. Its words stand in
 * the message files as `errors.` and the code; they are ours and say what to do.
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

/** A stable code of this package: what programs compare, where people read `message`. docs/reference/errors.md has all of them. */
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
    const words = { id: `errors.${code}` }
    super(details.message ?? english(words), 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    if (details.message === undefined) told.set(this, words)
    this.status = details.status ?? catalogue[code]
    this.data = details.data ?? {}
    this.headers = details.headers ?? (this.status === 503 ? { 'Retry-After': '5' } : {})
  }
}

/** What errors say, for pages in any language; nothing of one whose thrower said it in words of their own. */
const told = new WeakMap<object, MessageRef>()

/** An error that says more than its code does, in a message of its own. */
export function errorWithMessage(
  code: ErrorCode,
  words: MessageRef,
  details: Omit<ErrorDetails, 'message'> = {},
): ConnectError {
  const error = new ConnectError(code, { ...details, message: english(words) })
  told.set(error, words)
  return error
}

/** An error as pages tell of it. */
export interface Explained {
  message: string
  words?: MessageRef
}

export const messageOf = (error: Explained): MessageRef | undefined => error.words ?? told.get(error)

/** A bad option of `createConnect()` or `embeddedUsers()`; the message names it, what was given and what is expected. */
export class OptionsError extends TypeError {
  override readonly name = 'OptionsError'
  readonly code = 'invalid_options'
}
