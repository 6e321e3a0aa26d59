import type { Context } from 'koa'

/** A body that middleware of the host read before us: what its parser made of it, or the body as it was sent. */
export type HostBody = { parsed: unknown } | { raw: string | Buffer }

/** `koa-bodyparser`, `@koa/bodyparser` and `koa-body` use `request`, some servers and `patchNode` use `req`. */
interface Parsed {
  body?: unknown
  rawBody?: unknown
}

/**
 * Finds what the host's body parser left of the body.
 *
 * @returns null if the body is still to be read
 */
export function hostBody(ctx: Context): HostBody | null {
  const request = ctx.request as Parsed
  const req = ctx.req as Parsed
  const parsed = request.body ?? req.body
  const raw = [request.rawBody, req.rawBody, parsed].find(isRaw)
  if (isRaw(parsed)) return { raw: raw ?? parsed }
  if (!isNothing(parsed)) return { parsed }
  // Parsers leave `{}` for an empty body, which they read, and for a type that they do not know, which they do not.
  if (isUnread(ctx.req)) return null
  if (raw !== undefined) return { raw }
  if (parsed !== undefined && parsed !== null) return { parsed }
  // Read by somebody who kept nothing of it: reading it again fails, unless it was empty.
  return ctx.req.readableDidRead ? null : { raw: '' }
}

const isRaw = (value: unknown): value is string | Buffer => typeof value === 'string' || Buffer.isBuffer(value)

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0)

/** Of an empty body no byte is ever read, so that it is ended without having been read. */
const isUnread = ({ readableDidRead, readableEnded }: Context['req']): boolean => !readableDidRead && !readableEnded
