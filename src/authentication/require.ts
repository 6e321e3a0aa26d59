import type { Context, Middleware } from 'koa'
import { ConnectError, OptionsError } from '../errors.ts'
import type { User } from '../users/user.ts'
import type { AccessTokenAuth, Auth } from './auth.ts'
import type { SendError } from './send-error.ts'

/** What `connect.require()` asks for. */
export interface Requirement {
  /**
   * A scope that an access token must carry. An application password, or the site's own log-in, carries all of them. Without
   * one, a token that only says who the user is gets in nowhere.
   */
  scope?: string
  /**
   * The id of the site that the request is about, where the host has several: an access token must be for it. Without it, a
   * token for any of them is let in.
   */
  site?: string | number | ((ctx: Context) => string | number | undefined)
}

/** What access tokens may be allowed to do. */
export interface ScopeRules {
  /** The scopes of this site. */
  own: readonly string[]
  /** Whether a token with these scopes may do what this one allows. */
  allows(scopes: readonly string[], scope: string): boolean
  /** The scopes to ask for, so that a client keeps those that it has. */
  together(scopes: readonly string[], scope: string): readonly string[]
}

interface GuardParts {
  sendError: SendError
  /** Null where the site takes no access tokens. */
  scopes: ScopeRules | null
  /** Whether this is one of the user's sites. */
  hasSite(user: User, id: string): Promise<boolean>
}

/**
 * Guards a route: nobody gets 401 `rest_not_logged_in`, a token that does not allow it 403 `insufficient_scope`.
 *
 * @throws OptionsError for a requirement that could not mean what was meant: it would let too many in
 */
export function requireAuth(requirement: Requirement, { sendError, scopes, hasSite }: GuardParts): Middleware {
  checkRequirement(requirement, scopes?.own ?? null)

  async function isForSite(ctx: Context, { user, site }: AccessTokenAuth): Promise<boolean> {
    const named = typeof requirement.site === 'function' ? requirement.site(ctx) : requirement.site
    const id = String(named ?? '')
    // Whoever has lost a site since they let the application into it has nothing to give there.
    return (site === 'all' || site?.id === id) && hasSite(user, id)
  }

  /** A client that asks again for these keeps what it has (MCP 2025-11-25). */
  function scopeToAskFor(auth: Auth): string | undefined {
    const { scope } = requirement
    return scope && auth.method === 'access-token' ? scopes?.together(auth.scopes, scope).join(' ') : scope
  }

  async function refusal(ctx: Context, auth: AccessTokenAuth): Promise<ConnectError | null> {
    const { scope } = requirement
    const isAllowed = scope === undefined ? auth.site !== null : scopes?.allows(auth.scopes, scope)
    if (!isAllowed) return new ConnectError('insufficient_scope')
    if (requirement.site === undefined || (await isForSite(ctx, auth))) return null
    return new ConnectError('insufficient_scope', { message: 'The access token is not for this site.' })
  }

  return async function koaWpConnectRequire(ctx, next) {
    const { auth } = ctx.state
    if (auth === undefined) {
      throw new Error(
        `connect.require() guards ${ctx.path}, which lies under none of the prefixes of the option "api", or stands before connect.middleware()`,
      )
    }
    if (auth === null) return sendError(ctx, new ConnectError('rest_not_logged_in'), requirement.scope)
    const refused = auth.method === 'access-token' ? await refusal(ctx, auth) : null
    return refused ? sendError(ctx, refused, scopeToAskFor(auth)) : next()
  }
}

function checkRequirement(requirement: Requirement, scopes: readonly string[] | null): void {
  const wrong = (what: string, expected: string) => new OptionsError(`connect.require: ${what}: expected ${expected}`)
  if (typeof requirement !== 'object' || requirement === null)
    throw wrong('the requirement', 'an object with scope, site')
  for (const name of Object.keys(requirement)) {
    if (name !== 'scope' && name !== 'site') throw new OptionsError(`connect.require: unknown option: ${name}`)
  }
  const { scope, site } = requirement
  if (scope !== undefined && (typeof scope !== 'string' || (scopes && !scopes.includes(scope)))) {
    throw wrong('scope', `one of ${scopes?.join(', ') ?? 'your scopes'}`)
  }
  if ('site' in requirement && !['string', 'number', 'function'].includes(typeof site)) {
    throw wrong('site', 'an id, or a function that gets the context and answers one')
  }
}
