import type { Middleware } from 'koa'
import { ConnectError } from '../errors.ts'
import { createIsUnder } from '../http/is-under.ts'
import { isNotFound, removePage } from '../http/not-found.ts'
import { answerOAuth } from './oauth-response.ts'
import { OAUTH_PATHS } from './paths.ts'

const isForPrograms = createIsUnder([
  '/oauth2',
  OAUTH_PATHS.metadata,
  OAUTH_PATHS.openidConfiguration,
  OAUTH_PATHS.protectedResource,
])

/**
 * Runs after the endpoints: if the host does not know the path either, it sends a 404 as JSON. Clients try such URLs in
 * turn, and a page with status 200 would end their search.
 */
export const oauthNotFound: Middleware = async function koaWpConnectOAuthNotFound(ctx, next) {
  await next()
  if (!isForPrograms(ctx.path) || !isNotFound(ctx)) return
  const { code, status, message } = new ConnectError('rest_no_route')
  removePage(ctx)
  answerOAuth(ctx, status, { error: code, error_description: message })
}
