import type { KoaContextWithOIDC } from 'oidc-provider'
import type { Scopes } from '../scopes.ts'
import type { RequestState } from './request-state.ts'

/**
 * Always asks for consent, in a single prompt: who is logged in, and do they agree? By default, oidc-provider would add a
 * second site to the first one's grant.
 */
export function consentPolicy({ interactionPolicy, errors }: typeof import('oidc-provider'), scopes: Scopes) {
  const { Check, Prompt } = interactionPolicy
  const stateOf = (ctx: KoaContextWithOIDC) => ctx.state as RequestState
  // With `prompt=none`, the application gets the error of the first check that fails.
  const notLoggedIn = new Check('not_logged_in', 'the user must log in', 'login_required', ctx =>
    Boolean(stateOf(ctx).isLoginDue),
  )
  const notAgreed = new Check('not_agreed', 'the user has not agreed', 'consent_required', ctx => {
    const { problem: mistake } = stateOf(ctx)
    if (mistake) throw new errors.InvalidRequest(mistake)
    const problem = scopes.problem([...ctx.oidc.requestParamScopes].filter(scope => scopes.all.includes(scope)))
    if (problem) throw new errors.InvalidScope(problem, ctx.oidc.params?.scope as string)
    if (!ctx.oidc.result?.consent) return true
    if (!ctx.oidc.account) throw new errors.AccessDenied('the user no longer exists')
    return false
  })
  const policy = interactionPolicy.base()
  policy.clear()
  policy.add(new Prompt({ name: 'consent', requestable: true }, notLoggedIn, notAgreed))
  return policy
}
