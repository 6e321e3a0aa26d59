import type { Context, Middleware } from 'koa'
import { ConnectError, OptionsError } from '../errors.ts'
import type { User } from '../users/user.ts'
import type { AccessTokenAuth, Auth } from './auth.ts'
import type { SendError } from './send-error.ts'

/** The requirements that `connect.require()` checks. */
export interface Requirement {
  /**
   * A scope that an access token must have. Application passwords and the site's own session have all scopes. Without this
   * option, every token is accepted that gives access to a site, and none that only identifies the user.
   */
  scope?: string
  /**
   * The id of the site that the request is about, for a host with several: an access token must be for this site. Without
   * this option, a token for any of them is accepted.
   */
  site?: string | number | ((ctx: Context) => string | number | undefined)
}

/** Rules that decide what access tokens allow. */
export interface ScopeRules {
  /** The scopes that this site defines. */
  own: readonly string[]
  /** Whether a token with `scopes` may do what `scope` allows. */
  allows(scopes: readonly string[], scope: string): boolean
  /** Returns the scopes that a client must request to get `scope` and keep those that it has. */
  together(scopes: readonly string[], scope: string): readonly string[]
}

interface GuardParts {
  sendError: SendError
  /** Null if the site accepts no access tokens. */
  scopes: ScopeRules | null
  /** Whether this is one of the user's sites. */
  hasSite(user: User, id: string): Promise<boolean>
}

/**
 * Guards a route. A request without credentials gets 401 `rest_not_logged_in`, a token without the scope 403
 * `insufficient_scope`.
 *
 * @throws OptionsError for a bad requirement: a misspelt one would let too many requests in
 */
export function requireAuth(requirement: Requirement, { sendError, scopes, hasSite }: GuardParts): Middleware {
  checkRequirement(requirement, scopes?.own ?? null)

  async function isForSite(ctx: Context, { user, site }: AccessTokenAuth): Promise<boolean> {
    const named = typeof requirement.site === 'function' ? requirement.site(ctx) : requirement.site
    const id = String(named ?? '')
    // A user who has lost a site since they granted access can no longer give access to it.
    return (site === 'all' || site?.id === id) && hasSite(user, id)
  }

  /** A client that requests these scopes again keeps those that it has (MCP 2025-11-25). */
  function scopeToAskFor(auth: Auth): string | undefined {
    const { scope } = requirement
    return scope && auth.method === 'access-token' ? scopes?.together(auth.scopes, scope).join(' ') : scope
  }

  async function scopeError(ctx: Context, auth: AccessTokenAuth): Promise<ConnectError | null> {
    const { scope } = requirement
    const isAllowed = scope === undefined ? auth.site !== null : scopes?.allows(auth.scopes, scope)
    if (!isAllowed) return new ConnectError('insufficient_scope')
    if (requirement.site === undefined || (await isForSite(ctx, auth))) return null
    return new ConnectError('insufficient_scope', {
      message: 'The access token is not for this site. Request one for it.',
    })
  }

  return async function koaWpConnectRequire(ctx, next) {
    const { auth } = ctx.state
    if (auth === undefined) {
      throw new Error(
        `connect.require() guards ${ctx.path}, but no prefix of the option "api" contains this path, or connect.middleware() is not mounted before it`,
      )
    }
    if (auth === null) return sendError(ctx, new ConnectError('rest_not_logged_in'), requirement.scope)
    const refused = auth.method === 'access-token' ? await scopeError(ctx, auth) : null
    return refused ? sendError(ctx, refused, scopeToAskFor(auth)) : next()
  }
}

function checkRequirement(requirement: Requirement, scopes: readonly string[] | null): void {
  const wrong = (what: string, expected: string) => new OptionsError(`connect.require: ${what}: expected ${expected}`)
  if (typeof requirement !== 'object' || requirement === null)
    throw wrong('the requirement', 'an object with scope or site')
  for (const name of Object.keys(requirement)) {
    if (name !== 'scope' && name !== 'site') throw new OptionsError(`connect.require: unknown option: ${name}`)
  }
  const { scope, site } = requirement
  if (scope !== undefined && (typeof scope !== 'string' || (scopes && !scopes.includes(scope)))) {
    throw wrong('scope', `one of ${scopes?.join(', ') ?? 'your scopes'}`)
  }
  if ('site' in requirement && !['string', 'number', 'function'].includes(typeof site)) {
    throw wrong('site', 'an id, or a function that gets the context and returns an id')
  }
}
