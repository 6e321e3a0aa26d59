import Router from '@koa/router'
import Koa, { type Context, type Middleware } from 'koa'
import * as openid from 'openid-client'
import { page } from './page.ts'
import { type Connection, createSessions, type Purpose, type Session } from './sessions.ts'

export interface Config {
  /** The site whose users this app serves. */
  siteUrl: string
  clientId: string
  /** A native client has none. */
  clientSecret?: string | undefined
  /** Where browsers see this app; `/callback` below it is the client's redirect address. */
  appUrl: string
}

/** What this app asks for: to work with posts, or only to know who the user is. */
const SCOPES: Record<Purpose, string> = { connect: 'posts', 'log-in': 'openid profile email' }

export function createApp({ siteUrl, clientId, clientSecret, appUrl }: Config): Koa {
  const sessions = createSessions(appUrl.startsWith('https:'))
  const { host, protocol } = new URL(siteUrl)
  let discovered: Promise<openid.Configuration> | undefined

  /** The site says itself where its endpoints are. It is asked when the first user comes, and once. */
  function discover(): Promise<openid.Configuration> {
    const execute = protocol === 'http:' ? [openid.allowInsecureRequests] : []
    discovered ??= openid.discovery(new URL(siteUrl), clientId, clientSecret, undefined, { execute }).catch(error => {
      discovered = undefined
      throw error
    })
    return discovered
  }

  const begin = (purpose: Purpose) => async (session: Session) => {
    const [verifier, state] = [openid.randomPKCECodeVerifier(), openid.randomState()]
    const url = openid.buildAuthorizationUrl(await discover(), {
      redirect_uri: new URL('/callback', appUrl).href,
      scope: SCOPES[purpose],
      state,
      code_challenge: await openid.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    })
    // The same endpoint, by the name that WordPress.com's login buttons use.
    if (purpose === 'log-in') url.pathname = url.pathname.replace(/authorize$/, 'authenticate')
    session.pending = { purpose, verifier, state }
    return url.href
  }

  async function comeBack(session: Session, ctx: Context): Promise<string> {
    const { pending } = session
    session.pending = undefined
    if (!pending) throw new openid.ClientError('this browser did not ask, or has its answer already')
    const { purpose, verifier: pkceCodeVerifier, state: expectedState } = pending
    const checks = { pkceCodeVerifier, expectedState, idTokenExpected: purpose === 'log-in' }
    const answered = new URL(`/callback?${ctx.querystring}`, appUrl)
    session.connection = connectionOf(purpose, await openid.authorizationCodeGrant(await discover(), answered, checks))
    sessions.changeId(ctx, session)
    return '/'
  }

  async function refresh(session: Session): Promise<string> {
    const { purpose, tokens } = session.connection ?? {}
    if (!purpose || !tokens?.refresh_token) return '/'
    session.connection = connectionOf(purpose, await openid.refreshTokenGrant(await discover(), tokens.refresh_token))
    session.notice = `${host} has given new tokens.`
    return '/'
  }

  async function disconnect(session: Session): Promise<string> {
    const { tokens } = session.connection ?? {}
    // Whichever token is handed back, the site ends all that was granted with it (RFC 7009, 2.1).
    if (tokens) await openid.tokenRevocation(await discover(), tokens.refresh_token ?? tokens.access_token)
    session.connection = undefined
    session.notice = `Disconnected: ${host} takes these tokens no longer.`
    return '/'
  }

  async function show(ctx: Context): Promise<void> {
    const session = sessions.find(ctx) ?? {}
    const { connection, notice } = session
    session.notice = undefined
    page(ctx, { host, notice, connection, answers: connection && (await ask(siteUrl, connection)) })
  }

  /**
   * What goes wrong is said on the page, and what is connected stays so, unless the site has ended it.
   *
   * @param act answers where the browser goes next
   */
  const answer = (act: (session: Session, ctx: Context) => Promise<string>) => async (ctx: Context) => {
    const session = sessions.findOrBegin(ctx)
    try {
      ctx.redirect(await act(session, ctx))
    } catch (error) {
      session.notice = explanationOf(error, host)
      if (error instanceof openid.ResponseBodyError && error.error === 'invalid_grant') session.connection = undefined
      ctx.redirect('/')
    }
  }

  const router = new Router()
  router.get('/', show)
  router.post('/connect', answer(begin('connect')))
  router.post('/log-in', answer(begin('log-in')))
  router.get('/callback', answer(comeBack))
  router.post('/refresh', answer(refresh))
  router.post('/disconnect', answer(disconnect))
  return new Koa().use(router.routes() as Middleware)
}

function connectionOf(purpose: Purpose, tokens: openid.TokenEndpointResponse): Connection {
  const { expires_in } = tokens
  return { purpose, tokens, expires: expires_in === undefined ? null : new Date(Date.now() + expires_in * 1000) }
}

/** What the site's API says to the token, just now. */
async function ask(siteUrl: string, { tokens }: Connection): Promise<{ userName: string; posts: string }> {
  const headers = { authorization: `Bearer ${tokens.access_token}` }
  const get = (path: string) => fetch(new URL(path, siteUrl), { headers, signal: AbortSignal.timeout(10_000) })
  try {
    const [me, posts] = await Promise.all([get('/rest/v1.1/me'), get('/api/posts')])
    const { display_name = '' } = (await me.json()) as { display_name?: string }
    return { userName: display_name, posts: `${posts.status} ${posts.statusText}` }
  } catch {
    return { userName: '', posts: 'no answer' }
  }
}

/** @throws what is no trouble with the site, but a fault of this app */
function explanationOf(error: unknown, host: string): string {
  if (error instanceof openid.AuthorizationResponseError && error.error === 'access_denied') {
    return `Nothing was connected: you did not agree at ${host}.`
  }
  if (error instanceof openid.AuthorizationResponseError || error instanceof openid.ResponseBodyError) {
    return `${host} says: ${error.error_description ?? ''} (${error.error})`
  }
  if (error instanceof openid.ClientError) {
    const { message } = error.cause instanceof Error ? error.cause : error
    return `The answer of ${host} was not taken: ${message}.`
  }
  // What fetch() says of a site that is not there.
  if (error instanceof TypeError && error.message === 'fetch failed') return `${host} cannot be reached.`
  throw error
}
