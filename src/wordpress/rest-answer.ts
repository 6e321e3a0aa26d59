import type { Context } from 'koa'
import type { ConnectError } from '../errors.ts'
import { isUnder } from '../http/is-under.ts'
import { REST_PREFIX } from './rest-url.ts'

/** WordPress's error body. */
function errorBody({ state }: Context, error: ConnectError) {
  const ignored =
    error.code === 'rest_not_logged_in' ? (state.credentialsIgnored as ConnectError | undefined) : undefined
  const message = ignored
    ? `${error.message} The Basic credentials were not looked at. ${ignored.message}`
    : error.message
  return { code: error.code, message, data: { status: error.status, ...error.data } }
}

/** Answers a refusal on one of the API's paths. */
export function answerError(ctx: Context, error: ConnectError, realm: string): void {
  ctx.set(error.headers)
  ctx.set('Cache-Control', 'no-store')
  ctx.set('X-Content-Type-Options', 'nosniff')
  // RFC 9110, 15.5.2: a 401 names a scheme. Not to a browser, which would cover the page with its own log-in box.
  if (error.status === 401 && !isBrowser(ctx)) {
    ctx.set('WWW-Authenticate', `Basic realm="${realm.replace(/[^ !#-[\]-~]/g, ' ')}", charset="UTF-8"`)
  }
  answerJson(ctx, error.status, errorBody(ctx, error))
}

/** The body as WordPress sends it, in an envelope if `_envelope` asks for one. */
export function answerJson(ctx: Context, status: number, body: unknown): void {
  // Under WordPress's own addresses alone: the host's routes have statuses of their own.
  const enveloped = '_envelope' in ctx.query && isUnder(ctx.path, [REST_PREFIX])
  ctx.status = enveloped ? 200 : status
  // A script may read the envelope, but never a cookie of this answer.
  const { 'set-cookie': _cookies, ...headers } = ctx.response.headers
  ctx.body = JSON.stringify(enveloped ? { body, status, headers } : body)
  ctx.set('Content-Type', 'application/json; charset=UTF-8')
}

/** Node's own fetch sends Sec-Fetch-Mode too, but only browsers say which site a request comes from. */
const isBrowser = (ctx: Context) =>
  ctx.get('Sec-Fetch-Site') !== '' || ctx.get('Origin') !== '' || ctx.get('X-Requested-With') !== ''
