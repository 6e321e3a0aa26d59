import type { Context } from 'koa'
import getRawBody from 'raw-body'
import { ConnectError } from '../errors.ts'

const LARGEST_BODY = 16 * 1024

/** Fields of a form, by name. Of a repeated one the last counts, as in PHP. Nested names have no meaning here. */
export type Fields = ReadonlyMap<string, string>

/** Reads the body of a form sent as `application/x-www-form-urlencoded`; anything else has no fields. */
export async function readForm(ctx: Context): Promise<Fields> {
  const parsed = parsedByHost(ctx)
  if (parsed) return fieldsOf(parsed)
  return ctx.is('urlencoded') ? parseForm(await readBody(ctx)) : new Map()
}

/**
 * Reads the body of a REST request: JSON or a form.
 *
 * @throws ConnectError `rest_invalid_json`, `body_too_large`, `incomplete_body`
 */
export async function readParameters(ctx: Context): Promise<ReadonlyMap<string, unknown>> {
  const parsed = parsedByHost(ctx)
  if (parsed) return ctx.is('json', '+json') ? new Map(Object.entries(parsed)) : fieldsOf(parsed)
  if (ctx.is('json', '+json')) return parseJson(await readBody(ctx))
  return readForm(ctx)
}

/** The last value of each field of a query string or form. */
export const parseForm = (text: string): Fields => new Map(new URLSearchParams(text))

function parseJson(text: string): ReadonlyMap<string, unknown> {
  if (text.trim() === '') return new Map()
  try {
    const value: unknown = JSON.parse(text)
    return new Map(typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [])
  } catch (error) {
    throw new ConnectError('rest_invalid_json', {
      data: { json_error_code: 4, json_error_message: 'Syntax error' },
      cause: error,
    })
  }
}

/** What a body parser of the host's made of the body before us; it has consumed the request, so this is all there is. */
function parsedByHost(ctx: Context): object | undefined {
  const { body } = ctx.request as { body?: unknown }
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? body : undefined
}

function fieldsOf(parsed: object): Fields {
  const fields = new Map<string, string>()
  for (const [name, value] of Object.entries(parsed)) {
    const last: unknown = Array.isArray(value) ? value.at(-1) : value
    if (typeof last === 'string') fields.set(name, last)
  }
  return fields
}

async function readBody(ctx: Context): Promise<string> {
  try {
    const body = await getRawBody(ctx.req, { limit: LARGEST_BODY, length: ctx.request.length ?? null })
    return body.toString('utf8')
  } catch (error) {
    const tooLarge = (error as { type?: string }).type === 'entity.too.large'
    // What is left of the body is never read, so the connection cannot serve another request.
    throw new ConnectError(tooLarge ? 'body_too_large' : 'incomplete_body', { headers: { Connection: 'close' } })
  }
}
