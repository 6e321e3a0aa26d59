import { ConnectError } from '../errors.ts'
import { CONTEXT } from '../rest/arguments.ts'
import type { RestRoute } from '../rest/route.ts'
import type { Site } from '../site.ts'
import { IDS, PAGING, pageAsked, pageHeaders } from './paging.ts'

const ROUTE = '/wp/v2/comments'

/** The site has no comments. Clients read an empty list, where a missing route would stop some of them. */
export const commentRoutes = (site: Site): RestRoute[] => [
  {
    route: ROUTE,
    endpoints: [
      {
        methods: ['GET'],
        args: { context: CONTEXT, ...PAGING, post: { ...IDS, default: [] } },
        permit:
          async ({ ctx, values }) =>
          async () => ({ headers: pageHeaders(site, ctx, ROUTE, 0, pageAsked(values)), body: [] }),
      },
    ],
  },
  {
    route: `${ROUTE}/(?P<id>[\\d]+)`,
    endpoints: [
      {
        methods: ['GET'],
        args: { context: CONTEXT },
        async permit() {
          throw new ConnectError('rest_comment_invalid_id')
        },
      },
    ],
  },
]
