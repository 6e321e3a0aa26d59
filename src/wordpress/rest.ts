import type { Context, Middleware } from 'koa'
import { isUnder, reportCause } from '../authentication/middleware.ts'
import { ConnectError } from '../errors.ts'
import { parseForm, readParameters } from '../pages/body.ts'
import type { User } from '../users/user.ts'
import { answerError, answerJson } from './rest-answer.ts'
import { pickFields } from './rest-fields.ts'
import { describeRoute, type Endpoint, type Method, type RestRequest, type RestRoute } from './rest-route.ts'
import { checkArguments, type Values } from './rest-schema.ts'

export const REST_PREFIX = '/wp-json'

const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/**
 * Answers WordPress's REST routes under `/wp-json`. What matches none of them is the host's; what the host does not answer
 * either is WordPress's 404.
 */
export function rest(
  routes: readonly RestRoute[],
  realm: string,
  freshNonce: (ctx: Context, user: User) => string,
): Middleware {
  const matchers = routes.map(route => ({ route, pattern: toPattern(route.route) }))

  return async function koaWpConnectRest(ctx, next) {
    if (!isUnder(ctx.path, [REST_PREFIX])) return next()
    try {
      overrideMethod(ctx)
      const below = ctx.path.slice(REST_PREFIX.length).replace(/\/+$/, '') || '/'
      for (const { route, pattern } of matchers) {
        const match = pattern.exec(below)
        if (!match) continue
        // A page that stays open for days goes on with the nonce of its last answer.
        if (ctx.state.auth?.method === 'session') ctx.set('X-WP-Nonce', freshNonce(ctx, ctx.state.auth.user))
        return await answerRoute(ctx, route, { ...match.groups })
      }
      await next()
      if (ctx.status === 404 && ctx.body === undefined) throw new ConnectError('rest_no_route')
    } catch (error) {
      if (!(error instanceof ConnectError)) throw error
      reportCause(ctx, error)
      answerError(ctx, error, realm)
    }
  }
}

/** PHP writes named groups `(?P<name>…)`, and WordPress matches whole routes in any letter case. */
const toPattern = (route: string) => new RegExp(`^${route.replaceAll('(?P<', '(?<')}$`, 'i')

/** WordPress's ways around clients and proxies that know only GET and POST. */
function overrideMethod(ctx: Context): void {
  const wanted = (parseForm(ctx.querystring).get('_method') ?? ctx.get('X-HTTP-Method-Override')).toUpperCase()
  if (METHODS.has(wanted)) ctx.method = wanted
}

async function answerRoute(ctx: Context, route: RestRoute, path: Record<string, string>): Promise<void> {
  const auth = ctx.state.auth ?? null
  const query = parseForm(ctx.querystring)
  const method = ctx.method === 'HEAD' ? 'GET' : ctx.method
  if (method === 'OPTIONS') {
    await setAllow(ctx, route, { ctx, auth, path, values: {} })
    return answerJson(ctx, 200, { ...describeRoute(route), ...(route.schema && { schema: route.schema }) })
  }
  const endpoint = route.endpoints.find(({ methods }) => methods.includes(method as Method))
  if (!endpoint) throw new ConnectError('rest_no_route')

  const values = await readValues(ctx, endpoint, query)
  const request: RestRequest = { ctx, auth, path, values }
  await endpoint.permit(request)
  const { status = 200, headers = {}, body } = await endpoint.answer(request)

  if (auth) ctx.set('Cache-Control', 'no-cache, must-revalidate, max-age=0, no-store, private')
  ctx.set(headers)
  await setAllow(ctx, route, request)
  const fields = query.get('_fields')
  answerJson(ctx, status, fields === undefined ? body : pickFields(body, fields))
}

async function readValues(ctx: Context, endpoint: Endpoint, query: ReadonlyMap<string, string>): Promise<Values> {
  const body = ctx.method === 'GET' || ctx.method === 'HEAD' ? [] : await readParameters(ctx)
  return checkArguments(endpoint.args, new Map<string, unknown>([...query, ...body]))
}

/** Like WordPress, `Allow` names what this very caller may do. */
async function setAllow(ctx: Context, route: RestRoute, request: RestRequest): Promise<void> {
  const allowed: Method[] = []
  for (const { methods, permit } of route.endpoints) {
    try {
      await permit(request)
      allowed.push(...methods)
    } catch (error) {
      if (!(error instanceof ConnectError) || error.status >= 500) throw error
    }
  }
  if (allowed.length > 0) ctx.set('Allow', allowed.join(', '))
}
