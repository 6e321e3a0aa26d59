import type { Context } from 'koa'

/** A body that the host's middleware has read before: the parsed value, or the raw body. */
export type HostBody = { parsed: unknown } | { raw: string | Buffer }

/** `koa-bodyparser`, `@koa/bodyparser` and `koa-body` use `request`; some servers and `patchNode` use `req`. */
interface Parsed {
  body?: unknown
  rawBody?: unknown
}

/**
 * Finds the body that the host's body parser has left.
 *
 * @returns null if the body was not read yet
 */
export function hostBody(ctx: Context): HostBody | null {
  const request = ctx.request as Parsed
  const req = ctx.req as Parsed
  const parsed = request.body ?? req.body
  const raw = [request.rawBody, req.rawBody, parsed].find(isRaw)
  if (isRaw(parsed)) return { raw: raw ?? parsed }
  if (!isNothing(parsed)) return { parsed }
  // Parsers leave `{}` in two cases: an empty body, which they have read, and an unknown content type, which they have not.
  if (isUnread(ctx.req)) return null
  if (raw !== undefined) return { raw }
  if (parsed !== undefined && parsed !== null) return { parsed }
  // Other code has read the body and kept nothing: reading it again fails, unless it was empty.
  return ctx.req.readableDidRead ? null : { raw: '' }
}

const isRaw = (value: unknown): value is string | Buffer => typeof value === 'string' || Buffer.isBuffer(value)

const isNothing = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  (typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length === 0)

/** An empty body has ended without a byte being read. */
const isUnread = ({ readableDidRead, readableEnded }: Context['req']): boolean => !readableDidRead && !readableEnded
