import { type IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Context } from 'koa'
import compose from 'koa-compose'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { ConnectError } from '../../errors.ts'
import { readPairs } from '../../http/body.ts'
import { rootPathOf } from '../../http/root-path.ts'
import type { Site } from '../../site.ts'
import type { RequestState } from './request-state.ts'
import type { BackToApplication } from './send-back.ts'

/** What oidc-provider answered, before it is sent. */
export interface ProviderResponse {
  status: number
  body: unknown
  headers: Record<string, string | string[]>
  /** oidc-provider's own view of the request: client, token and so on. */
  oidc: KoaContextWithOIDC['oidc']
  /** What the application is told, for the browser to take it there; undefined where it is told nothing that way. */
  back: BackToApplication | undefined
}

/** What oidc-provider is told of a body, and of a header that may say the same. */
interface ProviderForm {
  form: URLSearchParams | null
  /** In place of the one that came; '' for none. */
  authorization?: string
}

interface ProviderRequest {
  query?: string
  state?: Partial<RequestState>
  rewrite?: (form: URLSearchParams | null, authorization: string) => Promise<ProviderForm>
}

/**
 * Asks oidc-provider, in a world of its own: it gets a request that came straight to the site's declared address, whatever
 * the Host header or a proxy said, with a body of bounded size; and its answer is a value, which the host's middleware can
 * still see and change. No version of Koa is shared with the host.
 *
 * @param query of the request as oidc-provider is to see it; none if absent
 * @throws whatever failed behind the answer, such as ConnectError `database_unavailable`
 */
export async function callProvider(
  provider: Provider,
  site: Site,
  ctx: Context,
  path: string,
  { query = '', state: given = {}, rewrite }: ProviderRequest = {},
): Promise<ProviderResponse> {
  const form = ctx.method === 'POST' ? await readPairs(ctx) : null
  // Not before the body is here: who sends it slowly would pass for one who came at the same time as another.
  const began = Date.now()
  const asked = rewrite ? await rewrite(form, ctx.get('Authorization')) : { form }
  const request = providerRequest(site, ctx, { path, query, ...asked })
  const response = new ServerResponse(request)
  response.statusCode = 404
  const providerContext = provider.createContext(request, response) as unknown as KoaContextWithOIDC
  const state: RequestState = { began, userId: undefined, ...given }
  providerContext.state = state
  await compose(provider.middleware)(providerContext as never)
  const { failure } = state
  if (failure !== undefined) {
    throw failure instanceof Error && failure.cause instanceof ConnectError ? failure.cause : failure
  }
  const { 'content-length': _length, ...headers } = response.getHeaders() as ProviderResponse['headers']
  return {
    status: providerContext.status,
    body: providerContext.body,
    headers,
    oidc: providerContext.oidc,
    back: state.back,
  }
}

/** The request as oidc-provider is to see it: by the way it came, it came to the site's own address. */
export function providerRequest(
  site: Site,
  ctx: Context,
  { path, query, form, authorization }: ProviderForm & { path: string; query: string },
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
    // By which oidc-provider learns of a site that lies below a path.
    originalUrl: rootPathOf(site.url) + url,
    headers,
    httpVersion: ctx.req.httpVersion,
    httpVersionMajor: ctx.req.httpVersionMajor,
    httpVersionMinor: ctx.req.httpVersionMinor,
    socket: ctx.req.socket,
  }) as unknown as IncomingMessage
}
