import type { Context, Middleware } from 'koa'
import { ConnectError } from '../errors.ts'
import { answerPreflight, disallowCookies } from '../http/cors.ts'
import { reportCause } from '../http/report-cause.ts'
import type { ProviderResponse } from './provider/request.ts'

/** The error codes of RFC 6749 and RFC 7591 for ours. Errors without one are `invalid_request`. */
function oauthErrorOf({ code, kind }: ConnectError): string {
  if (code === 'invalid_client_metadata' || code === 'invalid_redirect_uri') return code
  return kind === 'outage' || kind === 'throttle' ? 'temporarily_unavailable' : 'invalid_request'
}

/** Sends a JSON response of an endpoint that reads no cookies. Every origin may read it. */
export function answerOAuth(ctx: Context, status: number, body: object): void {
  ctx.set({
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Access-Control-Allow-Origin': '*',
  })
  disallowCookies(ctx)
  ctx.status = status
  ctx.body = body
}

/** Sends the parts of oidc-provider's response that clients need. */
export function sendProviderResponse(ctx: Context, { status, body, headers }: ProviderResponse): void {
  ctx.status = status
  ctx.body = body ?? ''
  for (const [name, value] of Object.entries(headers)) if (name !== 'set-cookie') ctx.set(name, value)
  disallowCookies(ctx)
  ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
}

/** Sends errors in the format of RFC 6749, section 5.2. */
export const oauthErrors: Middleware = async function koaWpConnectOAuthErrors(ctx, next) {
  try {
    await next()
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    reportCause(ctx, error)
    ctx.set(error.headers)
    answerOAuth(ctx, error.status, {
      error: oauthErrorOf(error),
      error_description: error.message,
    })
  }
}

/** Answers CORS preflights for scripts of every origin. */
export const oauthPreflight: Middleware = function koaWpConnectPreflight(ctx) {
  answerPreflight(ctx, 'GET, POST', 'Authorization, Content-Type, MCP-Protocol-Version')
}
