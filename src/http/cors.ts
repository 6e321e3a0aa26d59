import type { Context } from 'koa'

/** Headers that scripts need from an error response: how to authenticate, and how long to wait. */
const ERROR_HEADERS = ['WWW-Authenticate', 'Retry-After']

/** Lets scripts of every origin read a response, but without cookies. */
export function allowEveryOrigin(ctx: Context): void {
  if (ctx.get('Origin') !== '' && !isReadable(ctx)) ctx.set('Access-Control-Allow-Origin', '*')
}

/** Lets scripts that may read this error response read its headers too. */
export function exposeErrorHeaders(ctx: Context): void {
  if (!isReadable(ctx)) return
  const exposed = sentHeader(ctx, 'Access-Control-Expose-Headers')
  const names = exposed.split(',').map(name => name.trim().toLowerCase())
  const missing = ERROR_HEADERS.filter(name => !names.includes(name.toLowerCase()))
  ctx.set('Access-Control-Expose-Headers', [exposed, ...missing].filter(part => part !== '').join(', '))
}

const isReadable = (ctx: Context): boolean => sentHeader(ctx, 'Access-Control-Allow-Origin') !== ''

/** Koa 2 and 3 return different values for a missing header. */
const sentHeader = (ctx: Context, name: string): string => String(ctx.response.get(name) ?? '')

/** A browser sends this before a script's request with an `Authorization` header to another origin. */
export const isPreflight = (ctx: Context): boolean =>
  ctx.method === 'OPTIONS' && ctx.get('Origin') !== '' && ctx.get('Access-Control-Request-Method') !== ''

/** Answers a preflight: scripts of every origin may send requests with these methods and headers, without cookies. */
export function answerPreflight(ctx: Context, methods: string, headers: string): void {
  ctx.set({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': methods,
    'Access-Control-Allow-Headers': headers,
    'Access-Control-Max-Age': '3600',
  })
  disallowCookies(ctx)
  ctx.status = 204
}

/** Answers a preflight for the host's API. The package does not know its headers, so it allows all requested ones. */
export function allowRequestedHeaders(ctx: Context): void {
  const headers = ctx.get('Access-Control-Request-Headers') || 'Authorization, Content-Type'
  answerPreflight(ctx, 'GET, HEAD, POST, PUT, PATCH, DELETE', headers)
  ctx.vary('Access-Control-Request-Headers')
}

/** The host's own CORS may have allowed cookies, which browsers reject together with the origin `*`. */
export function disallowCookies(ctx: Context): void {
  ctx.remove('Access-Control-Allow-Credentials')
}
