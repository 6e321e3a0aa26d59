import type { Context } from 'koa'

/** Headers that scripts need from an error response: how to authenticate, and how long to wait. */
const OF_REFUSALS = ['WWW-Authenticate', 'Retry-After']

/** Lets scripts of every origin read a response, but without cookies. */
export function allowEveryOrigin(ctx: Context): void {
  if (ctx.get('Origin') !== '' && !isReadable(ctx)) ctx.set('Access-Control-Allow-Origin', '*')
}

/** Lets scripts that may read this error response read its headers too. */
export function exposeRefusal(ctx: Context): void {
  if (!isReadable(ctx)) return
  const exposed = sentHeader(ctx, 'Access-Control-Expose-Headers')
  const names = exposed.split(',').map(name => name.trim().toLowerCase())
  const missing = OF_REFUSALS.filter(name => !names.includes(name.toLowerCase()))
  ctx.set('Access-Control-Expose-Headers', [exposed, ...missing].filter(part => part !== '').join(', '))
}

const isReadable = (ctx: Context): boolean => sentHeader(ctx, 'Access-Control-Allow-Origin') !== ''

/** Koa 2 and 3 return different values for a missing header. */
const sentHeader = (ctx: Context, name: string): string => String(ctx.response.get(name) ?? '')

/** A browser sends this before a script's request with an `Authorization` header to another origin. */
export const isPreflight = (ctx: Context): boolean =>
  ctx.method === 'OPTIONS' && ctx.get('Origin') !== '' && ctx.get('Access-Control-Request-Method') !== ''

/** Allows everything that was requested, without cookies. */
export function answerPreflight(ctx: Context): void {
  ctx.set({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
    'Access-Control-Allow-Headers': ctx.get('Access-Control-Request-Headers') || 'Authorization, Content-Type',
    'Access-Control-Max-Age': '3600',
  })
  ctx.vary('Access-Control-Request-Headers')
  ctx.remove('Access-Control-Allow-Credentials')
  ctx.status = 204
}
