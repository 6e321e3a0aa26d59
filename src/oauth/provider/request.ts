import { type IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Context } from 'koa'
import compose from 'koa-compose'
import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Site } from '../../connect/options.ts'
import { ConnectError } from '../../errors.ts'
import { readPairs } from '../../http/body.ts'
import { rootPathOf } from '../../http/root-path.ts'
import type { BackToApplication } from '../consent/send-back.ts'
import type { Engine } from './provider.ts'

/** What the engine answered, before it is sent. */
export interface EngineAnswer {
  status: number
  body: unknown
  headers: Record<string, string | string[]>
  /** The engine's own view of the request: client, token and so on. */
  oidc: KoaContextWithOIDC['oidc']
  /** What the application is told, for the browser to take it there; undefined where it is told nothing that way. */
  back: BackToApplication | undefined
}

/** What the engine did for a token request, by the hashes of tokens: to be undone if it comes to nothing. */
export interface TokenWork {
  spent: string[]
  issued: string[]
  /** Why it was refused, in the engine's own words. */
  detail?: string
}

/** What the engine's callbacks are to know of the request. */
export interface EngineRequestState {
  /** Milliseconds since 1970. */
  began: number
  /** Who is logged in at the browser; null for nobody, undefined where it does not matter. */
  userId: string | null | undefined
  /** Whether that user has to log in before they are asked anything. */
  isLogInDue?: boolean
  /** What is wrong with the request that the engine does not look at, in words for the application. */
  problem?: string | null
  /** See {@link EngineAnswer}. */
  back?: BackToApplication | undefined
  /** Whether the client's document was fetched. */
  hasFetched?: boolean
  /** Of a request at the token endpoint. */
  work?: TokenWork
  /** What failed behind the answer. */
  failure?: unknown
}

/** What the engine is told of a body, and of a header that may say the same. */
interface EngineForm {
  form: URLSearchParams | null
  /** In place of the one that came; '' for none. */
  authorization?: string
}

interface EngineQuestion {
  query?: string
  state?: Partial<EngineRequestState>
  rewrite?: (form: URLSearchParams | null, authorization: string) => Promise<EngineForm>
}

/**
 * Asks the engine, in a world of its own: it gets a request that came straight to the site's declared address, whatever
 * the Host header or a proxy said, with a body of bounded size; and its answer is a value, which the host's middleware can
 * still see and change. No version of Koa is shared with the host.
 *
 * @param query of the request as the engine is to see it; none if absent
 * @throws whatever failed behind the answer, such as ConnectError `database_unavailable`
 */
export async function askEngine(
  engine: Engine,
  site: Site,
  ctx: Context,
  path: string,
  { query = '', state: given = {}, rewrite }: EngineQuestion = {},
): Promise<EngineAnswer> {
  const form = ctx.method === 'POST' ? await readPairs(ctx) : null
  // Not before the body is here: who sends it slowly would pass for one who came at the same time as another.
  const began = Date.now()
  const asked = rewrite ? await rewrite(form, ctx.get('Authorization')) : { form }
  const request = engineRequest(site, ctx, { path, query, ...asked })
  const response = new ServerResponse(request)
  response.statusCode = 404
  const engineContext = engine.createContext(request, response) as unknown as KoaContextWithOIDC
  const state: EngineRequestState = { began, userId: undefined, ...given }
  engineContext.state = state
  await compose(engine.middleware)(engineContext as never)
  const { failure } = state
  if (failure !== undefined) {
    throw failure instanceof Error && failure.cause instanceof ConnectError ? failure.cause : failure
  }
  const { 'content-length': _length, ...headers } = response.getHeaders() as EngineAnswer['headers']
  return { status: engineContext.status, body: engineContext.body, headers, oidc: engineContext.oidc, back: state.back }
}

/** The request as the engine is to see it: by the way it came, it came to the site's own address. */
export function engineRequest(
  site: Site,
  ctx: Context,
  { path, query, form, authorization }: EngineForm & { path: string; query: string },
): IncomingMessage {
  const { host, protocol } = new URL(site.url)
  const body = Buffer.from(form?.toString() ?? '')
  const url = query ? `${path}?${query}` : path
  const { 'transfer-encoding': _encoding, 'x-forwarded-host': _host, ...kept } = ctx.req.headers
  const headers = {
    ...kept,
    ...(authorization !== undefined && { authorization: authorization || undefined }),
    host,
    'x-forwarded-proto': protocol.slice(0, -1),
    'x-forwarded-for': ctx.ip,
    'content-length': String(body.length),
    ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
  }
  return Object.assign(Readable.from(body.length > 0 ? [body] : [], { objectMode: false }), {
    method: ctx.method,
    url,
    // By which the engine learns of a site that lies below a path.
    originalUrl: rootPathOf(site.url) + url,
    headers,
    httpVersion: ctx.req.httpVersion,
    httpVersionMajor: ctx.req.httpVersionMajor,
    httpVersionMinor: ctx.req.httpVersionMinor,
    socket: ctx.req.socket,
  }) as unknown as IncomingMessage
}
