import { isUtf8 } from 'node:buffer'
import type { Context } from 'koa'
import getRawBody from 'raw-body'
import { ConnectError, type ErrorCode } from '../errors.ts'
import { hostBody } from './host-body.ts'
import { phpParameters } from './php-parameters.ts'

const MAX_BODY = 16 * 1024
/** Enough for 16 KB on a bad connection. A client that sends byte by byte cannot hold a connection longer. */
export const limits = { waitMs: 10_000 } // tests wait less

/** A body of a caller who may send more: 4 MB on a slow mobile connection. */
const MAX_LARGE_WAIT_MS = 60_000
/** So that memory stays bounded. */
const MAX_LARGE_AT_ONCE = 16

/** The maximum size of bodies that may be larger than {@link MAX_BODY}. */
const largeBodies = new WeakMap<Context['req'], number>()
let largeUnderWay = 0

/**
 * Allows a larger body than usual. Call it before the body is read, and only for a caller whose credentials were checked.
 *
 * @throws ConnectError `busy` if too many large bodies are arriving
 */
export function allowLargeBody(ctx: Context, bytes: number): void {
  if (largeUnderWay >= MAX_LARGE_AT_ONCE) throw unread('busy')
  largeBodies.set(ctx.req, bytes)
}

/** The bodies that were read, because a request can be read only once. */
const bodies = new WeakMap<Context['req'], Promise<Buffer>>()

/** The fields of a form, by name. As in PHP, the last of repeated fields counts. Nested names have no meaning here. */
export type Fields = ReadonlyMap<string, string>

/** Reads a form sent as `application/x-www-form-urlencoded`. Other bodies have no fields. */
export async function readForm(ctx: Context): Promise<Fields> {
  const parsed = parsedByHost(ctx)
  if (parsed) return fieldsOf(parsed.value)
  return ctx.is('urlencoded') ? parseForm(await readText(ctx)) : new Map()
}

/**
 * Reads all pairs of a form, including repeated names, sent as `application/x-www-form-urlencoded` or
 * `multipart/form-data`.
 *
 * @returns null for another content type
 * @throws ConnectError `body_too_large`, `body_too_slow`, `incomplete_body`
 */
export async function readPairs(ctx: Context): Promise<URLSearchParams | null> {
  const parsed = parsedByHost(ctx)
  if (parsed) return pairsOf(Object.entries(objectOf(parsed.value)))
  if (ctx.is('urlencoded')) return new URLSearchParams(await readText(ctx))
  return ctx.is('multipart/form-data') ? pairsOf(await readMultipart(ctx)) : null
}

/**
 * Reads a JSON body of any type. Returns undefined for another content type.
 *
 * @throws as {@link readParameters}
 */
export async function readJson(ctx: Context): Promise<unknown> {
  if (!ctx.is('json', '+json')) return undefined
  const parsed = parsedByHost(ctx)
  return parsed ? parsed.value : parseJson(await readJsonText(ctx))
}

/** Files are ignored. */
async function readMultipart(ctx: Context): Promise<[string, unknown][]> {
  const body = await readBody(ctx)
  try {
    // The platform's own parser; the size of the body is limited already.
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
 * Reads the parameters in the body of a REST request: JSON, or a form whose nested names are read as in PHP. Other bodies
 * have no parameters.
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

/** Returns the last value of each field of a query string or form. */
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

/** With PHP's error number and message. */
const invalidJson = (code: number, message: string, cause?: unknown) =>
  new ConnectError('rest_invalid_json', { data: { json_error_code: code, json_error_message: message }, cause })

/** Returns the value that the host's body parser left; undefined if we must parse the body. */
function parsedByHost(ctx: Context): { value: unknown } | undefined {
  // A body that we have read ourselves looks as if the host had consumed it.
  const body = bodies.has(ctx.req) ? null : hostBody(ctx)
  return body && 'parsed' in body ? { value: body.parsed } : undefined
}

const objectOf = (value: unknown): object =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}

function fieldsOf(parsed: unknown): Fields {
  const texts = [...parametersOf(parsed)].filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  return new Map(texts)
}

/** Body parsers make a list of a repeated field; PHP takes the last value. They nest nested names. */
const parametersOf = (parsed: unknown): Map<string, unknown> =>
  new Map(Object.entries(objectOf(parsed)).map(([name, value]) => [name, Array.isArray(value) ? value.at(-1) : value]))

/**
 * Waits until a form or JSON body has arrived. If it never does, the function that reads it gets the error; a response
 * without reading it closes the connection, because the next request would have to wait behind the rest. Identify the
 * caller after this call: they may have logged out while the body was arriving.
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
  const large = largeBodies.get(ctx.req)
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unread('body_too_slow')), large ? MAX_LARGE_WAIT_MS : limits.waitMs)
  })
  const limit = large ?? MAX_BODY
  const body = getRawBody(ctx.req, { limit, length: ctx.request.length ?? null }).catch(error => {
    throw unread(error.type === 'entity.too.large' ? 'body_too_large' : 'incomplete_body')
  })
  if (large) largeUnderWay++
  try {
    return await Promise.race([body, tooLate])
  } finally {
    clearTimeout(timer)
    if (large) largeUnderWay--
  }
}

/** The rest of the body is never read, so the connection cannot serve another request. */
const unread = (code: ErrorCode) => new ConnectError(code, { headers: { Connection: 'close' } })
