import type { Context, Middleware } from 'koa'
import type { SendError } from '../authentication/send-error.ts'
import { ConnectError } from '../errors.ts'
import { readParameters } from '../http/body.ts'
import { createIsUnder } from '../http/is-under.ts'
import { isNotFound, removePage } from '../http/not-found.ts'
import { type Parameters, readQueryParameters } from '../http/query.ts'
import { reportCause } from '../http/report-cause.ts'
import type { User } from '../users/user.ts'
import { answerJson } from './answer.ts'
import { checkArguments, Values } from './arguments.ts'
import { pickFields } from './fields.ts'
import {
  describeRoute,
  type Endpoint,
  type Method,
  type RestAnswer,
  type RestRequest,
  type RestRoute,
} from './route.ts'
import { REST_PREFIX } from './url.ts'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * Serves WordPress's REST routes under `/wp-json`. Other paths go on to the host. If the host does not know them either,
 * they get WordPress's 404.
 */
export function rest(
  routes: readonly RestRoute[],
  sendError: SendError,
  freshNonce: (ctx: Context, user: User) => string,
): Middleware {
  const isRest = createIsUnder([REST_PREFIX])
  const match = createMatch(routes)

  return async function koaWpConnectRest(ctx, next) {
    if (!isRest(ctx.path)) return next()
    if (ctx.state.auth === undefined) throw new Error('connect.rest() needs connect.authenticate() before it')
    try {
      const query = readQueryParameters(ctx)
      overrideMethod(ctx, query)
      const matched = match(ctx.path)
      if (matched) {
        // A page that stays open for days continues with the nonce of its last response.
        if (ctx.state.auth?.method === 'session') ctx.set('X-WP-Nonce', freshNonce(ctx, ctx.state.auth.user))
        return await answerRoute(ctx, matched.route, matched.values, query)
      }
      await next()
      if (!isNotFound(ctx)) return
      removePage(ctx)
      throw new ConnectError('rest_no_route')
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      reportCause(ctx, error)
      sendError(ctx, error)
    }
  }
}

/** Returns a function that finds the route of a path under `/wp-json`, with the values in the path. */
export function createMatch(routes: readonly RestRoute[]) {
  const matchers = routes.map(route => ({ route, pattern: toPattern(route.route) }))
  return (path: string) => {
    // A client may insert a slash between the API's URL and a route that begins with one.
    const below = withoutTrailingSlashes(path.slice(REST_PREFIX.length).replaceAll(/\/{2,}/g, '/')) || '/'
    for (const { route, pattern } of matchers) {
      const match = pattern.exec(below)
      if (match) return { route, values: { ...match.groups } }
    }
    return null
  }
}

/** A loop, because a pattern such as `/\/+$/` takes seconds for a path of thousands of slashes. */
function withoutTrailingSlashes(path: string): string {
  let end = path.length
  while (path[end - 1] === '/') end--
  return path.slice(0, end)
}

/** PHP writes named groups `(?P<name>…)`, and WordPress matches whole routes in any letter case. */
const toPattern = (route: string) => new RegExp(`^${route.replaceAll('(?P<', '(?<')}$`, 'i')

/** Supports WordPress's ways around clients and proxies that know only GET and POST. */
function overrideMethod(ctx: Context, query: Parameters): void {
  // As PHP parses a query, a value may be a list or an object.
  const sent = query.get('_method') ?? ctx.get('X-HTTP-Method-Override')
  const wanted = typeof sent === 'string' ? sent.toUpperCase() : ''
  if (!METHODS.has(wanted)) return
  // For HEAD, Koa sends the length of the body but no body. A client that did not send HEAD itself would wait for the body
  // until the connection ends.
  ctx.method = wanted === 'HEAD' && ctx.method !== 'HEAD' ? 'GET' : wanted
}

async function answerRoute(
  ctx: Context,
  route: RestRoute,
  path: Record<string, string>,
  query: Parameters,
): Promise<void> {
  const auth = ctx.state.auth ?? null
  const method = ctx.method === 'HEAD' ? 'GET' : ctx.method
  if (auth) ctx.set('Cache-Control', 'no-cache, must-revalidate, max-age=0, no-store, private')
  if (method === 'OPTIONS') {
    setAllow(ctx, await askAll(route, { ctx, auth, path, values: NO_VALUES }))
    return answerJson(ctx, 200, { ...describeRoute(route), ...(route.schema && { schema: route.schema }) })
  }
  const endpoint = route.endpoints.find(({ methods }) => methods.includes(method as Method))
  if (!endpoint) throw new ConnectError('rest_no_route')

  const sent = endpoint.readsBody ? query : await readSent(ctx, query)
  const values = checkArguments(endpoint.args, sent)
  const permissions = await askAll(route, { ctx, auth, path, values }, endpoint)
  const permitted = permissions.get(endpoint)
  if (typeof permitted !== 'function') {
    // The body is not read, and may be long.
    if (endpoint.readsBody) ctx.set('Connection', 'close')
    throw permitted
  }
  setAllow(ctx, permissions)

  // The last step: it may create a secret that is shown only once, so nothing may fail after it.
  const { status = 200, headers = {}, body } = await permitted()
  // Every response has a link to the index already.
  for (const [name, value] of Object.entries(headers)) name === 'Link' ? ctx.append(name, value) : ctx.set(name, value)
  answerJson(ctx, status, pickFields(body, sent.get('_fields')))
}

/** Values in the body override those in the URL. */
async function readSent(ctx: Context, query: Parameters): Promise<Parameters> {
  const body = ctx.method === 'GET' || ctx.method === 'HEAD' ? [] : await readParameters(ctx)
  return new Map<string, unknown>([...query, ...body])
}

const NO_VALUES = new Values(new Map())

type Permission = (() => Promise<RestAnswer>) | ConnectError
type Permissions = ReadonlyMap<Endpoint, Permission>

/** Asks each endpoint of the route whether this caller may use it. A failure is not a rejection, and ends the request. */
async function askAll(route: RestRoute, request: RestRequest, asked?: Endpoint): Promise<Permissions> {
  const ask = (endpoint: Endpoint) =>
    endpoint.permit(endpoint === asked ? request : { ...request, values: NO_VALUES }).catch(error => {
      if (error instanceof ConnectError && error.kind !== 'outage') return error
      throw error
    })
  const permissions = await Promise.all(route.endpoints.map(ask))
  return new Map(route.endpoints.map((endpoint, at) => [endpoint, permissions[at] as Permission]))
}

/** As in WordPress, `Allow` lists what this caller may do. */
function setAllow(ctx: Context, permissions: Permissions): void {
  const allowed = [...permissions].flatMap(([{ methods }, permitted]) =>
    typeof permitted === 'function' ? methods : [],
  )
  if (allowed.length > 0) ctx.set('Allow', allowed.join(', '))
}
