import { createIsUnder } from '../http/is-under.ts'

/** The first parts of the addresses of pages and endpoints that are ours. */
const FIRST_PARTS = new Set([
  'wp-admin',
  'wp-login.php',
  'wp-content',
  'me',
  'oauth2',
  '.well-known',
  // By `?rest_route=`.
  'index.php',
])

/** Of the REST API, which the pages pass by. */
const REST_PARTS = new Set(['wp-json', 'rest'])

const firstPartOf = (path: string): string => {
  const end = path.indexOf('/', 1)
  return (end < 0 ? path.slice(1) : path.slice(1, end)).toLowerCase()
}

/** Whether a page that the host places anywhere would be in the way of ours there. */
export const isReservedPath = (path: string): boolean =>
  FIRST_PARTS.has(firstPartOf(path)) || REST_PARTS.has(firstPartOf(path))

/**
 * Whether a page or endpoint of ours may be at a path. A request for anything else of the host's site passes the package's
 * routers by, which would look at each of their routes for it.
 *
 * @param appsPath where applications are registered; null without OAuth
 */
export function createMayBeOurs(appsPath: string | null): (path: string) => boolean {
  const isApps = appsPath === null ? () => false : createIsUnder([appsPath])
  return path => FIRST_PARTS.has(firstPartOf(path)) || isApps(path)
}
