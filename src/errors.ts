import { english } from './languages/english.ts'
import type { MessageRef } from './languages/messages.ts'

/**
 * The kind of an error.
 *
 * - `input`: a value is wrong.
 * - `credentials`: credentials are missing, wrong or expired.
 * - `permission`: the caller may not do this, or the form did not come from the site's own page.
 * - `missing`: it does not exist, or no longer.
 * - `conflict`: it already exists, or was changed in the meantime.
 * - `throttle`: there were too many attempts.
 * - `unavailable`: the site does not offer this, or not over plain http.
 * - `outage`: the site cannot serve the request right now. This says nothing about the caller.
 */
export type ErrorKind =
  | 'input'
  | 'credentials'
  | 'permission'
  | 'missing'
  | 'conflict'
  | 'throttle'
  | 'unavailable'
  | 'outage'

/**
 * Every error code with its HTTP status and kind. Codes and statuses are WordPress's where WordPress has them, because clients read
 * them. The messages are ours and say what to do. They are in the language files under `errors.` and the code.
 */
const catalogue = {
  incorrect_password: { status: 401, kind: 'credentials' },
  invalid_authorization_header: { status: 401, kind: 'credentials' },
  rest_not_logged_in: { status: 401, kind: 'credentials' },
  rest_cookie_invalid_nonce: { status: 403, kind: 'credentials' },
  invalid_token: { status: 401, kind: 'credentials' },
  insufficient_scope: { status: 403, kind: 'permission' },
  authorization_required: { status: 403, kind: 'credentials' },
  too_many_attempts: { status: 429, kind: 'throttle' },
  rest_no_route: { status: 404, kind: 'missing' },
  rest_invalid_json: { status: 400, kind: 'input' },
  rest_invalid_param: { status: 400, kind: 'input' },
  rest_missing_callback_param: { status: 400, kind: 'input' },
  rest_user_cannot_view: { status: 403, kind: 'permission' },
  rest_user_invalid_id: { status: 404, kind: 'missing' },
  rest_cannot_list_application_passwords: { status: 401, kind: 'permission' },
  rest_cannot_create_application_passwords: { status: 401, kind: 'permission' },
  rest_cannot_delete_application_passwords: { status: 401, kind: 'permission' },
  rest_cannot_read_application_password: { status: 401, kind: 'permission' },
  rest_cannot_edit_application_password: { status: 401, kind: 'permission' },
  rest_cannot_delete_application_password: { status: 401, kind: 'permission' },
  rest_cannot_introspect_app_password_for_non_authenticated_user: { status: 403, kind: 'permission' },
  rest_no_authenticated_app_password: { status: 404, kind: 'missing' },
  rest_application_password_not_found: { status: 404, kind: 'missing' },
  application_password_empty_name: { status: 400, kind: 'input' },
  application_password_name_too_long: { status: 400, kind: 'input' },
  application_password_exists: { status: 400, kind: 'input' },
  too_many_application_passwords: { status: 400, kind: 'input' },
  account_changed: { status: 409, kind: 'conflict' },
  application_passwords_disabled: { status: 501, kind: 'unavailable' },
  application_passwords_disabled_for_user: { status: 501, kind: 'unavailable' },
  client_not_found: { status: 404, kind: 'missing' },
  client_exists: { status: 409, kind: 'conflict' },
  client_has_no_secret: { status: 400, kind: 'input' },
  invalid_client_metadata: { status: 400, kind: 'input' },
  client_document_unavailable: { status: 400, kind: 'input' },
  client_keys_unavailable: { status: 503, kind: 'outage' },
  invalid_client_document: { status: 400, kind: 'input' },
  invalid_redirect_uri: { status: 400, kind: 'input' },
  connected_app_not_found: { status: 404, kind: 'missing' },
  too_many_connected_apps: { status: 400, kind: 'input' },
  invalid_site: { status: 400, kind: 'input' },
  authorization_expired: { status: 400, kind: 'missing' },
  https_required: { status: 501, kind: 'unavailable' },
  body_too_large: { status: 413, kind: 'input' },
  incomplete_body: { status: 400, kind: 'input' },
  form_expected: { status: 400, kind: 'input' },
  body_too_slow: { status: 408, kind: 'input' },
  invalid_form_token: { status: 403, kind: 'permission' },
  cross_site_request: { status: 403, kind: 'permission' },
  invalid_app_id: { status: 400, kind: 'input' },
  invalid_redirect_url_format: { status: 400, kind: 'input' },
  invalid_redirect_scheme: { status: 400, kind: 'input' },
  not_allowed: { status: 403, kind: 'permission' },
  not_found: { status: 404, kind: 'missing' },
  method_not_allowed: { status: 405, kind: 'input' },
  busy: { status: 503, kind: 'outage' },
  database_unavailable: { status: 503, kind: 'outage' },
  invalid_user: { status: 400, kind: 'input' },
  user_exists: { status: 409, kind: 'conflict' },
  rest_forbidden: { status: 403, kind: 'permission' },
  rest_forbidden_context: { status: 403, kind: 'permission' },
  rest_post_invalid_id: { status: 404, kind: 'missing' },
  rest_post_invalid_parent: { status: 400, kind: 'input' },
  rest_post_exists: { status: 400, kind: 'input' },
  rest_cannot_create: { status: 403, kind: 'permission' },
  rest_cannot_edit: { status: 403, kind: 'permission' },
  rest_cannot_edit_others: { status: 403, kind: 'permission' },
  rest_cannot_publish: { status: 403, kind: 'permission' },
  rest_cannot_delete: { status: 403, kind: 'permission' },
  rest_cannot_assign_sticky: { status: 403, kind: 'permission' },
  rest_cannot_assign_term: { status: 403, kind: 'permission' },
  rest_invalid_author: { status: 400, kind: 'input' },
  rest_invalid_featured_media: { status: 400, kind: 'input' },
  rest_invalid_term_id: { status: 400, kind: 'input' },
  rest_post_incorrect_password: { status: 403, kind: 'permission' },
  rest_post_invalid_page_number: { status: 400, kind: 'input' },
  rest_already_trashed: { status: 410, kind: 'conflict' },
  rest_trash_not_supported: { status: 501, kind: 'input' },
  rest_comment_invalid_id: { status: 404, kind: 'missing' },
  rest_type_invalid: { status: 404, kind: 'missing' },
  rest_taxonomy_invalid: { status: 404, kind: 'missing' },
  rest_status_invalid: { status: 404, kind: 'missing' },
  rest_term_invalid: { status: 404, kind: 'missing' },
  rest_taxonomy_not_hierarchical: { status: 400, kind: 'input' },
  term_exists: { status: 400, kind: 'conflict' },
  empty_term_name: { status: 400, kind: 'input' },
  empty_content: { status: 400, kind: 'input' },
  markup_too_deep: { status: 400, kind: 'input' },
  slug_exists: { status: 409, kind: 'conflict' },
  rest_upload_no_data: { status: 400, kind: 'input' },
  rest_upload_no_content_disposition: { status: 400, kind: 'input' },
  rest_upload_invalid_disposition: { status: 400, kind: 'input' },
  rest_upload_hash_mismatch: { status: 412, kind: 'input' },
  rest_upload_sideload_error: { status: 415, kind: 'input' },
  rest_upload_file_too_big: { status: 413, kind: 'input' },
  content_unavailable: { status: 503, kind: 'outage' },
  wordpress_unreadable: { status: 400, kind: 'input' },
} as const satisfies Record<string, { status: number; kind: ErrorKind }>

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
  /** What went wrong, for code that handles many codes alike. */
  readonly kind: ErrorKind
  /** HTTP status of the response. */
  readonly status: number
  /** Tells Koa that the message may be sent to the client. */
  readonly expose = true
  /** Extra members of WordPress's `data`, such as `params`. */
  readonly data: Record<string, unknown>
  /** Extra response headers, such as `Retry-After` (seconds). */
  readonly headers: Record<string, string>

  constructor(code: ErrorCode, details: ErrorDetails = {}) {
    const messageRef = { id: `errors.${code}` }
    super(details.message ?? english(messageRef), 'cause' in details ? { cause: details.cause } : undefined)
    this.code = code
    if (details.message === undefined) messages.set(this, messageRef)
    this.status = details.status ?? catalogue[code].status
    this.kind = catalogue[code].kind
    this.data = details.data ?? {}
    this.headers = details.headers ?? (this.status === 503 ? { 'Retry-After': '5' } : {})
  }
}

/** The message of each error, for pages in any language. Errors that were given a plain `message` are not in here. */
const messages = new WeakMap<object, MessageRef>()

/** Creates an error with a more specific message than its code has. */
export function errorWithMessage(
  code: ErrorCode,
  messageRef: MessageRef,
  details: Omit<ErrorDetails, 'message'> = {},
): ConnectError {
  const error = new ConnectError(code, { ...details, message: english(messageRef) })
  messages.set(error, messageRef)
  return error
}

/** An error as the pages show it. */
export interface Explained {
  message: string
  messageRef?: MessageRef
}

export const messageOf = (error: Explained): MessageRef | undefined => error.messageRef ?? messages.get(error)

/**
 * Thrown for a bad option of `createConnect()`, `connectMigrations()` or `connect.require()`, and for an unknown event or
 * filter. The message names the option, the given value and the expected one.
 */
export class OptionsError extends TypeError {
  override readonly name = 'OptionsError'
  readonly code = 'invalid_options'
}
