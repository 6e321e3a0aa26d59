import type { Context } from 'koa'
import { isUnder } from '../http/is-under.ts'
import { readQuery } from '../http/query.ts'
import { REST_PREFIX } from './url.ts'

/** Sends a JSON body as WordPress does, in an envelope if `_envelope` requests one. */
export function answerJson(ctx: Context, status: number, body: unknown): void {
  // Only under WordPress's own paths: the host's routes have statuses of their own.
  const enveloped = isUnder(ctx.path, [REST_PREFIX]) && readQuery(ctx).has('_envelope')
  ctx.status = enveloped ? 200 : status
  // A script may read the envelope, but not the cookies of this response.
  const { 'set-cookie': _cookies, ...headers } = ctx.response.headers
  ctx.body = JSON.stringify(enveloped ? { body, status, headers } : body)
  ctx.set('Content-Type', 'application/json; charset=UTF-8')
}
