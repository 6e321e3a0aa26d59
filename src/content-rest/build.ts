import { type ContentRulesParts, createContentRules } from '../content/content-rules.ts'
import type { ContentEvents, ContentFilters } from '../content/events.ts'
import type { Hooks } from '../hooks/hooks.ts'
import type { RestRoute } from '../rest/route.ts'
import type { Site } from '../site.ts'
import { commentRoutes } from './comment-routes.ts'
import { mediaRoutes } from './media-routes.ts'
import { postRoutes } from './post-routes.ts'
import { searchRoute } from './search-route.ts'
import { settingsRoute } from './settings-route.ts'
import { termRoutes } from './term-routes.ts'
import { typeRoutes } from './type-routes.ts'
import { usersRoutes } from './users-routes.ts'

export interface ContentRestParts extends Omit<ContentRulesParts, 'hooks'> {
  site: Site
  hooks: Hooks<ContentEvents, ContentFilters>
}

/** Builds WordPress's REST routes of a site's content. */
export function buildContentRest({ site, hooks, ...parts }: ContentRestParts) {
  const rules = createContentRules({ ...parts, hooks })
  const render = (html: string, item: ContentFilters['content-rendered']['details']['item'], type: string) =>
    hooks.apply('content-rendered', html, { item, type })
  const users = usersRoutes(site, rules)
  const routes: RestRoute[] = [
    ...rules.types.flatMap(type => postRoutes({ site, rules, render }, type)),
    ...mediaRoutes(site, rules),
    ...rules.taxonomies.flatMap(taxonomy => termRoutes(site, rules, taxonomy)),
    ...typeRoutes(site, rules),
    ...users,
    settingsRoute(site, rules),
    searchRoute(site, rules),
    ...commentRoutes(site),
  ]
  return { rules, routes, hasUsers: users.length > 0 }
}
