import { type IncomingMessage, ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import type { Context } from 'koa'
import compose from 'koa-compose'
import type { KoaContextWithOIDC, Provider } from 'oidc-provider'
import { ConnectError } from '../../errors.ts'
import { readPairs } from '../../http/body.ts'
import { isCostlyAddress } from '../../http/costly-address.ts'
import { rootPathOf } from '../../http/root-path.ts'
import type { Site } from '../../site.ts'
import type { RequestState } from './request-state.ts'
import type { BackToApplication } from './send-back.ts'

/** oidc-provider's response, before it is sent. */
export interface ProviderResponse {
  status: number
  body: unknown
  headers: Record<string, string | string[]>
  /** oidc-provider's own data about the request: client, token and so on. */
  oidc: KoaContextWithOIDC['oidc']
  /**
   * The response for the application, which the browser is redirected with. Undefined if the application gets none this
   * way.
   */
  back: BackToApplication | undefined
}

/** The body for oidc-provider, and the header that may contain the same data. */
interface ProviderForm {
  form: URLSearchParams | null
  /** Replaces the Authorization header; '' removes it. */
  authorization?: string
}

/** The parameters that are parsed as addresses before anybody knows who asks. */
const ADDRESSES = ['client_id', 'redirect_uri', 'resource']

interface ProviderRequest {
  query?: string
  state?: Partial<RequestState>
  rewrite?: (form: URLSearchParams | null, authorization: string) => Promise<ProviderForm>
}

/**
 * Calls oidc-provider in isolation. It gets a request that came directly to the site's declared URL, whatever the Host
 * header or a proxy said, with a body of limited size. Its response is returned as a value, which the host's middleware can
 * still change. No instance of Koa is shared with the host.
 *
 * @param query the query string for oidc-provider; none by default
 * @throws the underlying error, such as ConnectError `database_unavailable`
 */
export async function callProvider(
  provider: Provider,
  site: Site,
  ctx: Context,
  path: string,
  { query = '', state: given = {}, rewrite }: ProviderRequest = {},
): Promise<ProviderResponse> {
  const form = ctx.method === 'POST' ? await readPairs(ctx) : null
  // Measured after the body has arrived. Otherwise a slow sender would count as simultaneous with an earlier request.
  const began = Date.now()
  const asked = rewrite ? await rewrite(form, ctx.get('Authorization')) : { form }
  for (const pairs of [new URLSearchParams(query), asked.form]) {
    const addresses = ADDRESSES.flatMap(name => pairs?.getAll(name) ?? [])
    if (addresses.some(isCostlyAddress)) throw new ConnectError('body_too_large')
  }
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

/** Creates the request for oidc-provider: addressed to the site's own URL, whatever way it came. */
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
    // oidc-provider reads from this that a site is mounted below a path.
    originalUrl: rootPathOf(site.url) + url,
    headers,
    httpVersion: ctx.req.httpVersion,
    httpVersionMajor: ctx.req.httpVersionMajor,
    httpVersionMinor: ctx.req.httpVersionMinor,
    socket: ctx.req.socket,
  }) as unknown as IncomingMessage
}
