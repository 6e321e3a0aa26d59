import type { Context } from 'koa'
import type { Site } from '../../site.ts'
import type { OAuthHooks } from '../events.ts'
import type { GrantRows } from '../grants/grant-rows.ts'
import { answerOAuth, sendProviderResponse } from '../oauth-response.ts'
import type { ProviderResponse } from '../provider/request.ts'
import type { TokenWork } from '../provider/request-state.ts'
import { invalidGrantReason } from './invalid-grant.ts'
import { tokenAnswer } from './token-answer.ts'
import type { TokenRows } from './token-rows.ts'
import type { TokenUses } from './token-uses.ts'

interface TokenEndpointParts {
  site: Site
  hooks: OAuthHooks
  grants: GrantRows
  tokens: TokenRows
  uses: TokenUses
}

/**
 * `POST /oauth2/token`: exchanges codes and refresh tokens for access tokens.
 *
 * @param ask calls oidc-provider, and records what it did in `work`
 */
export function tokenEndpoint(
  { site, hooks, grants, tokens, uses }: TokenEndpointParts,
  ask: (ctx: Context, work: TokenWork) => Promise<ProviderResponse>,
) {
  /** A rejected request uses up no token, and the tokens that it created are deleted. */
  async function undo({ spent, issued }: TokenWork): Promise<void> {
    for (const hash of issued) await tokens.delete(hash)
    for (const hash of spent) await uses.takeBack(hash)
  }

  async function answered(ctx: Context, work: TokenWork): Promise<ProviderResponse> {
    let isGiven = false
    try {
      const answer = await ask(ctx, work)
      isGiven = answer.status === 200
      return answer
    } finally {
      if (!isGiven) await undo(work)
    }
  }

  return async function token(ctx: Context): Promise<void> {
    const work: TokenWork = { spent: [], issued: [] }
    const answer = await answered(ctx, work)
    const issued = answer.status === 200 ? answer.oidc.entities.AccessToken : undefined
    if (!issued) return sendProviderResponse(ctx, { ...answer, body: withReason(answer.body, work) })
    for (const hash of work.spent) await uses.noteAnswered(hash)
    // The new tokens are valid even if old ones cannot be deleted.
    await tokens.deleteSurplus(issued.grantId ?? '').catch(hooks.report)
    const found = await grants.find(issued.grantId ?? '')
    // The user disconnected the app while the request was being processed.
    if (!found) return answerOAuth(ctx, 400, { error: 'invalid_grant', error_description: 'The grant was ended.' })
    const { userId, clientId, grantId } = found.grant
    hooks.emit('oauth-token-issued', { userId, clientId, grantId, scopes: [...issued.scopes] })
    sendProviderResponse(ctx, { ...answer, body: tokenAnswer(site, answer.body as object, found.grant) })
  }
}

/** Adds to `invalid_grant` which part was wrong. */
function withReason(body: unknown, { detail = '' }: TokenWork): unknown {
  const { error } = (body ?? {}) as { error?: string }
  const error_description = error === 'invalid_grant' ? invalidGrantReason(detail) : undefined
  return error_description ? { error, error_description } : body
}
