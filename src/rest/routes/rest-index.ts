import type { Context } from 'koa'
import type { Site } from '../../site.ts'
import { CONTEXT } from '../arguments.ts'
import { describeRoute, type Endpoint, type RestAnswer, type RestRequest, type RestRoute } from '../route.ts'
import { restUrl } from '../url.ts'

/**
 * The index of the REST API, by which clients discover the site and its authorize page.
 *
 * @param signInMethods returns the ways to authenticate that are available to this request, in WordPress's format
 */
export function indexRoutes(
  site: Site,
  others: readonly RestRoute[],
  signInMethods: (ctx: Context) => Promise<object>,
): RestRoute[] {
  const anybody = (answer: (request: RestRequest) => Promise<RestAnswer>): Endpoint => ({
    methods: ['GET'],
    args: { context: CONTEXT },
    permit: async request => () => answer(request),
  })

  const describeAll = (routes: readonly RestRoute[]) =>
    Object.fromEntries(
      routes.map(route => {
        // Only a route without variables has a URL.
        const links = route.route.includes('(') ? {} : { _links: { self: [{ href: restUrl(site, route.route) }] } }
        return [route.route, { ...describeRoute(route), ...links }]
      }),
    )

  /** Returns the ways to authenticate. PHP writes an empty map as an empty list, and clients expect that. */
  async function authenticationOf(ctx: Context): Promise<object> {
    const offered = await signInMethods(ctx)
    return Object.keys(offered).length > 0 ? offered : []
  }

  const index: RestRoute = {
    route: '/',
    endpoints: [
      anybody(async ({ ctx }) => ({
        body: {
          name: site.name,
          description: site.description,
          url: site.url,
          home: site.url,
          gmt_offset: '0',
          timezone_string: '',
          page_for_posts: 0,
          page_on_front: 0,
          show_on_front: 'posts',
          namespaces: ['wp/v2'],
          authentication: await authenticationOf(ctx),
          routes: describeAll(all),
          site_logo: 0,
          site_icon: 0,
          site_icon_url: '',
          _links: { help: [{ href: 'https://developer.wordpress.org/rest-api/' }] },
        },
      })),
    ],
  }
  const namespace: RestRoute = {
    route: '/wp/v2',
    endpoints: [
      anybody(async () => ({
        body: {
          namespace: 'wp/v2',
          routes: describeAll([namespace, ...others]),
          _links: { up: [{ href: restUrl(site) }] },
        },
      })),
    ],
  }
  const all = [index, namespace, ...others]
  return all
}
