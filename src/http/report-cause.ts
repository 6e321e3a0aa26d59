import type { Context } from 'koa'
import type { ConnectError } from '../errors.ts'

/** The caller gets a calm sentence; what really happened goes where the host's other errors go. */
export function reportCause(ctx: Context, error: ConnectError): void {
  if (error.kind === 'outage' && error.cause) ctx.app.emit('error', error.cause, ctx)
}
