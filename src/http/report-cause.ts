import type { Context } from 'koa'
import type { ConnectError } from '../errors.ts'

/** The client gets a general message. The underlying error goes to the host's error handling. */
export function reportCause(ctx: Context, error: ConnectError): void {
  if (error.kind === 'outage' && error.cause) ctx.app.emit('error', error.cause, ctx)
}
