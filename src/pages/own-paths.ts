/** The first parts of the addresses of pages and endpoints that are ours. */
const FIRST_PARTS = new Set([
  'wp-admin',
  'wp-login.php',
  'wp-content',
  'me',
  'apps',
  'oauth2',
  '.well-known',
  // By `?rest_route=`.
  'index.php',
])

/**
 * Whether a page or endpoint of ours may be at this path. A request for anything else of the host's site passes the package's
 * routers by, which would look at each of their routes for it.
 */
export function mayBeOurs(path: string): boolean {
  const end = path.indexOf('/', 1)
  return FIRST_PARTS.has((end < 0 ? path.slice(1) : path.slice(1, end)).toLowerCase())
}
