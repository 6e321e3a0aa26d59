import type { ScopeRules } from '../authentication/require.ts'
import type { Users } from '../users/user.ts'
import { type CallerOf, createCallerOf, type ScopeGroup } from './caller.ts'
import { type Capabilities, createCapabilities } from './capabilities.ts'
import { checkedContent } from './checked-content.ts'
import type { Content, Settings } from './content.ts'
import type { ContentHooks } from './events.ts'
import type { Ids } from './ids.ts'
import { createMediaRules, type MediaRules } from './media-rules.ts'
import { type ContentModel, createModel } from './model.ts'
import { createPostRules, type PostRules } from './post-rules.ts'
import { createTermRules, type TermRules } from './term-rules.ts'

/** WordPress's rules over a host's content. Each protocol speaks them in its own form. */
export interface ContentRules extends ContentModel {
  users: Users
  ids: Ids
  capabilities: Capabilities
  callerOf: CallerOf
  posts: PostRules
  terms: TermRules
  media: MediaRules
  settings(): Promise<Settings & { timezone: string }>
  now(): Date
}

export interface ContentRulesParts {
  content: Content
  users: Users
  ids: Ids
  hooks: ContentHooks
  /** Null if the site accepts no access tokens. */
  scopes: ScopeRules | null
  scopeNames: Readonly<Record<ScopeGroup, string>>
}

export function createContentRules(parts: ContentRulesParts): ContentRules {
  const content = checkedContent(parts.content)
  const { users, ids, hooks } = parts
  const capabilities = createCapabilities(content.can)
  const now = () => new Date()
  const model = createModel(content)
  return {
    ...model,
    users,
    ids,
    capabilities,
    callerOf: createCallerOf(parts.scopes, parts.scopeNames),
    posts: createPostRules({ content, users, capabilities, hooks, now }),
    terms: createTermRules({ capabilities, hooks }),
    media: createMediaRules({ content, types: model.types, capabilities, hooks, now }),
    async settings() {
      const settings = (await content.settings?.()) ?? {}
      return { ...settings, timezone: settings.timezone ?? 'UTC' }
    },
    now,
  }
}
