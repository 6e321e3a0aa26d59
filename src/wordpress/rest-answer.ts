import type { Context } from 'koa'
import type { ConnectError } from '../errors.ts'

/** WordPress's error body. */
function errorBody(ctx: Context, error: ConnectError) {
  const isIgnored = error.code === 'rest_not_logged_in' && /^basic /i.test(ctx.get('Authorization'))
  const message = isIgnored ? IGNORED_CREDENTIALS : error.message
  return { code: error.code, message, data: { status: error.status, ...error.data } }
}

const IGNORED_CREDENTIALS =
  'You are not logged in: this site does not take application passwords here, so the Basic credentials were not looked ' +
  'at. They need HTTPS, unless the environment is "local".'

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
  const enveloped = '_envelope' in ctx.query
  ctx.status = enveloped ? 200 : status
  ctx.body = JSON.stringify(enveloped ? { body, status, headers: ctx.response.headers } : body)
  ctx.set('Content-Type', 'application/json; charset=UTF-8')
}

/** Node's own fetch sends Sec-Fetch-Mode too, but only browsers say which site a request comes from. */
const isBrowser = (ctx: Context) =>
  ctx.get('Sec-Fetch-Site') !== '' || ctx.get('Origin') !== '' || ctx.get('X-Requested-With') !== ''
