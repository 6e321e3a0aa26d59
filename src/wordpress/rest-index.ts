import type { Availability } from '../application-passwords/availability.ts'
import type { Site } from '../options.ts'
import { describeRoute, type Endpoint, type RestRoute } from './rest-route.ts'

/** The index of the REST API, by which clients discover the site and its authorize page. */
export function indexRoutes(site: Site, availability: Availability, others: readonly RestRoute[]): RestRoute[] {
  const restUrl = `${site.url}/wp-json`

  const anybody = (answer: Endpoint['answer']): Endpoint => ({
    methods: ['GET'],
    args: { context: { type: 'string', enum: ['view', 'embed', 'edit'], default: 'view' } },
    permit: async () => {},
    answer,
  })

  const describeAll = (routes: readonly RestRoute[]) =>
    Object.fromEntries(
      routes.map(route => {
        // Only a route without variables has an address of its own.
        const links = route.route.includes('(') ? {} : { _links: { self: [{ href: restUrl + route.route }] } }
        return [route.route, { ...describeRoute(route), ...links }]
      }),
    )

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
          // PHP writes an empty map as an empty list, and clients expect it.
          authentication: (await availability.isAvailable(ctx))
            ? {
                'application-passwords': {
                  endpoints: { authorization: `${site.url}/wp-admin/authorize-application.php` },
                },
              }
            : [],
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
          _links: { up: [{ href: `${restUrl}/` }] },
        },
      })),
    ],
  }
  const all = [index, namespace, ...others]
  return all
}
