import { isUtf8 } from 'node:buffer'
import type { Context } from 'koa'
import getRawBody from 'raw-body'
import { ConnectError, type ErrorCode } from '../errors.ts'
import { hostBody } from './host-body.ts'
import { phpParameters } from './php-parameters.ts'

const MAX_BODY = 16 * 1024
/** Enough for 16 KB on a bad line. Whoever sends byte by byte holds a connection no longer than this. */
const MAX_BODY_MS = 10_000

/** What was read of a request, which can be read only once. */
const bodies = new WeakMap<Context['req'], Promise<Buffer>>()

/** Fields of a form, by name. Of a repeated one the last counts, as in PHP. Nested names have no meaning here. */
export type Fields = ReadonlyMap<string, string>

/** Reads the body of a form sent as `application/x-www-form-urlencoded`; anything else has no fields. */
export async function readForm(ctx: Context): Promise<Fields> {
  const parsed = parsedByHost(ctx)
  if (parsed) return fieldsOf(parsed.value)
  return ctx.is('urlencoded') ? parseForm(await readText(ctx)) : new Map()
}

/**
 * Reads every pair of a form, repeated names too, sent as `application/x-www-form-urlencoded` or `multipart/form-data`.
 *
 * @returns null for a body of another kind
 * @throws ConnectError `body_too_large`, `body_too_slow`, `incomplete_body`
 */
export async function readPairs(ctx: Context): Promise<URLSearchParams | null> {
  const parsed = parsedByHost(ctx)
  if (parsed) return pairsOf(Object.entries(objectOf(parsed.value)))
  if (ctx.is('urlencoded')) return new URLSearchParams(await readText(ctx))
  return ctx.is('multipart/form-data') ? pairsOf(await readMultipart(ctx)) : null
}

/** Reads a JSON body, whatever it holds; undefined for a body of another kind. @throws as {@link readParameters} */
export async function readJson(ctx: Context): Promise<unknown> {
  if (!ctx.is('json', '+json')) return undefined
  const parsed = parsedByHost(ctx)
  return parsed ? parsed.value : parseJson(await readJsonText(ctx))
}

/** Files are left out. */
async function readMultipart(ctx: Context): Promise<[string, unknown][]> {
  const body = await readBody(ctx)
  try {
    // The platform's own parser, on a body whose size is bounded already.
    const response = new Response(new Uint8Array(body), { headers: { 'Content-Type': ctx.get('Content-Type') } })
    return [...(await response.formData())]
  } catch (error) {
    throw new ConnectError('incomplete_body', { cause: error })
  }
}

function pairsOf(entries: [string, unknown][]): URLSearchParams {
  const pairs = new URLSearchParams()
  for (const [name, value] of entries) {
    for (const each of Array.isArray(value) ? value : [value]) if (typeof each === 'string') pairs.append(name, each)
  }
  return pairs
}

/**
 * Reads the body of a REST request: JSON or a form, with nested names as PHP reads them. Another kind says nothing.
 *
 * @throws ConnectError `rest_invalid_json`, `body_too_large`, `body_too_slow`, `incomplete_body`
 */
export async function readParameters(ctx: Context): Promise<ReadonlyMap<string, unknown>> {
  const isJson = Boolean(ctx.is('json', '+json'))
  const parsed = parsedByHost(ctx)
  if (parsed) return isJson ? new Map(Object.entries(objectOf(parsed.value))) : parametersOf(parsed.value)
  if (!isJson) return phpParameters((await readPairs(ctx)) ?? [])
  const text = await readJsonText(ctx)
  return new Map(Object.entries(objectOf(text.trim() === '' ? {} : parseJson(text))))
}

/** The last value of each field of a query string or form. */
export const parseForm = (text: string): Fields => new Map(new URLSearchParams(text))

async function readJsonText(ctx: Context): Promise<string> {
  const body = await readBody(ctx)
  if (!isUtf8(body)) throw invalidJson(5, 'Malformed UTF-8 characters, possibly incorrectly encoded')
  return body.toString()
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw invalidJson(4, 'Syntax error', error)
  }
}

/** With PHP's number and words for it. */
const invalidJson = (code: number, message: string, cause?: unknown) =>
  new ConnectError('rest_invalid_json', { data: { json_error_code: code, json_error_message: message }, cause })

/** What a parser of the host's made of the body; undefined for a body that we parse. */
function parsedByHost(ctx: Context): { value: unknown } | undefined {
  // What we read ourselves looks consumed by the host from then on.
  const body = bodies.has(ctx.req) ? null : hostBody(ctx)
  return body && 'parsed' in body ? { value: body.parsed } : undefined
}

const objectOf = (value: unknown): object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

function fieldsOf(parsed: unknown): Fields {
  const texts = [...parametersOf(parsed)].filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  return new Map(texts)
}

/** Parsers make a list of a repeated field, of which PHP takes the last; nested names they nest. */
const parametersOf = (parsed: unknown): Map<string, unknown> =>
  new Map(Object.entries(objectOf(parsed)).map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]))

/**
 * Waits until a form or JSON body is here; whoever reads it is told if it never is, and whoever answers without reading it
 * closes the connection: the next request on it would wait behind what is left. Who the caller is must be asked after this:
 * in the seconds that a body may take, they may have been logged out.
 */
export async function bodyArrived(ctx: Context): Promise<void> {
  const isRead = hostBody(ctx) !== null
  if (!isRead && ctx.is('urlencoded', 'multipart/form-data', 'json', '+json'))
    await readBody(ctx).catch(error => ctx.set(error.headers))
}

function readBody(ctx: Context): Promise<Buffer> {
  const body = bodies.get(ctx.req) ?? rawOfHost(ctx) ?? receiveBody(ctx)
  bodies.set(ctx.req, body)
  return body
}

function rawOfHost(ctx: Context): Promise<Buffer> | null {
  const body = hostBody(ctx)
  return body && 'raw' in body ? Promise.resolve(Buffer.from(body.raw)) : null
}

const readText = async (ctx: Context): Promise<string> => (await readBody(ctx)).toString('utf8')

async function receiveBody(ctx: Context): Promise<Buffer> {
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unread('body_too_slow')), MAX_BODY_MS)
  })
  const body = getRawBody(ctx.req, { limit: MAX_BODY, length: ctx.request.length ?? null }).catch(error => {
    throw unread(error.type === 'entity.too.large' ? 'body_too_large' : 'incomplete_body')
  })
  try {
    return await Promise.race([body, tooLate])
  } finally {
    clearTimeout(timer)
  }
}

/** What is left of the body is never read, so the connection cannot serve another request. */
const unread = (code: ErrorCode) => new ConnectError(code, { headers: { Connection: 'close' } })
