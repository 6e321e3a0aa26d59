import type { Context } from 'koa'
import { isUnder } from '../http/is-under.ts'
import { readQuery } from '../http/query.ts'
import { REST_PREFIX } from './url.ts'

/** The body as WordPress sends it, in an envelope if `_envelope` asks for one. */
export function answerJson(ctx: Context, status: number, body: unknown): void {
  // Under WordPress's own addresses alone: the host's routes have statuses of their own.
  const enveloped = isUnder(ctx.path, [REST_PREFIX]) && readQuery(ctx).has('_envelope')
  ctx.status = enveloped ? 200 : status
  // A script may read the envelope, but never a cookie of this answer.
  const { 'set-cookie': _cookies, ...headers } = ctx.response.headers
  ctx.body = JSON.stringify(enveloped ? { body, status, headers } : body)
  ctx.set('Content-Type', 'application/json; charset=UTF-8')
}
