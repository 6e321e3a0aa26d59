import type { AccessTokenAuth, Auth } from '../authentication/auth.ts'
import type { ScopeRules } from '../authentication/require.ts'
import { ConnectError, type ErrorCode } from '../errors.ts'
import { THE_SITE_ID } from '../users/sites.ts'
import type { User } from '../users/user.ts'
import type { By } from './content.ts'

/** What an access token needs a scope for. Reading what is public needs none. */
export type ScopeGroup = 'posts' | 'media' | 'taxonomy'

/** Who asks. */
export interface Caller {
  /** Null for anybody, and for an access token without the scope: it may read what anybody may. */
  user: User | null
  by: By | null
  /** Why there is no user, if there are credentials. */
  problem: ConnectError | null
}

export const ANYBODY: Caller = { user: null, by: null, problem: null }

/**
 * Creates the function that says who asks.
 *
 * @param rules null if the site accepts no access tokens
 * @param names the site's scopes, by what they allow
 */
export function createCallerOf(rules: ScopeRules | null, names: Readonly<Record<ScopeGroup, string>>) {
  const isAllowed = ({ site, scopes }: AccessTokenAuth, scope: string) =>
    (site === 'all' || site?.id === THE_SITE_ID) &&
    (rules?.own.includes(scope) ?? false) &&
    rules?.allows(scopes, scope)

  return (auth: Auth | null, group: ScopeGroup): Caller => {
    if (!auth) return ANYBODY
    if (auth.method !== 'access-token' || isAllowed(auth, names[group])) {
      return { user: auth.user, by: { user: auth.user, auth }, problem: null }
    }
    const message = `The access token does not have the scope "${names[group]}" for this site.`
    return { user: null, by: null, problem: new ConnectError('insufficient_scope', { message }) }
  }
}

export type CallerOf = ReturnType<typeof createCallerOf>

/** Returns the error for a caller who may not do this: 401 for anybody, 403 for a user. */
export const refusal = ({ user, problem }: Caller, code: ErrorCode): ConnectError =>
  problem ?? new ConnectError(code, { status: user ? 403 : 401 })

/** @returns who makes a change, after the permission was checked */
export function changerOf(caller: Caller): By {
  if (!caller.by) throw refusal(caller, 'rest_cannot_edit')
  return caller.by
}
