import type { Context, Middleware } from 'koa'
import { ConnectError, type ErrorCode } from '../errors.ts'
import { reportCause } from '../http/report-cause.ts'
import type { ProviderResponse } from './provider/request.ts'

/** What RFC 6749 and 7591 call our errors; `invalid_request` where they have no word for one. */
const OAUTH_ERRORS: Partial<Record<ErrorCode, string>> = {
  database_unavailable: 'temporarily_unavailable',
  too_many_attempts: 'temporarily_unavailable',
  client_document_unavailable: 'temporarily_unavailable',
  invalid_client_metadata: 'invalid_client_metadata',
  invalid_redirect_uri: 'invalid_redirect_uri',
}

/** An answer for programs, of an endpoint that reads no cookies: every origin may read it. */
export function answerOAuth(ctx: Context, status: number, body: object): void {
  ctx.set({
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    'Access-Control-Allow-Origin': '*',
  })
  withoutCookies(ctx)
  ctx.status = status
  ctx.body = body
}

/** Every origin may ask without cookies. A host's own CORS may have allowed them, which browsers refuse beside `*`. */
function withoutCookies(ctx: Context): void {
  ctx.remove('Access-Control-Allow-Credentials')
}

/** oidc-provider's answer, as far as callers are to see it. */
export function sendAnswer(ctx: Context, { status, body, headers }: ProviderResponse): void {
  ctx.status = status
  ctx.body = body ?? ''
  for (const [name, value] of Object.entries(headers)) if (name !== 'set-cookie') ctx.set(name, value)
  withoutCookies(ctx)
  ctx.set({ 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' })
}

/** Answers refusals in the form of RFC 6749, 5.2. */
export const oauthErrors: Middleware = async function koaWpConnectOAuthErrors(ctx, next) {
  try {
    await next()
  } catch (error) {
    if (!(error instanceof ConnectError)) throw error
    reportCause(ctx, error)
    ctx.set(error.headers)
    answerOAuth(ctx, error.status, {
      error: OAUTH_ERRORS[error.code] ?? 'invalid_request',
      error_description: error.message,
    })
  }
}

/** Lets browsers' scripts of every origin ask. */
export const allowAnyOrigin: Middleware = function koaWpConnectPreflight(ctx) {
  ctx.set({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, MCP-Protocol-Version',
    'Access-Control-Max-Age': '3600',
  })
  withoutCookies(ctx)
  ctx.status = 204
}
