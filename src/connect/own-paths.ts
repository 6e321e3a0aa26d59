import { createIsUnder } from '../http/is-under.ts'
import { CONNECTED_APPS_PATH, OAUTH_PATHS } from '../oauth/paths.ts'
import { ASSETS_PATH } from '../pages/assets.ts'
import { PAGE_PATHS } from '../pages/paths.ts'
import { REST_PREFIX, REST_V1_PREFIXES } from '../rest/url.ts'

/** `/wp-admin/profile.php` begins with `wp-admin`. */
const firstPartOf = (path: string): string => {
  const end = path.indexOf('/', 1)
  return (end < 0 ? path.slice(1) : path.slice(1, end)).toLowerCase()
}

/** WordPress's REST API is at `/index.php?rest_route=` too. */
const PAGES = [...Object.values(PAGE_PATHS), ASSETS_PATH, '/index.php']
const OAUTH = [...Object.values(OAUTH_PATHS), CONNECTED_APPS_PATH]
const REST = [REST_PREFIX, ...REST_V1_PREFIXES]

const firstPartsOf = (paths: readonly string[]): ReadonlySet<string> => new Set(paths.map(firstPartOf))

const RESERVED = firstPartsOf([...PAGES, ...OAUTH, ...REST])

/** Whether a page that the host places anywhere would be in the way of ours there. */
export const isReservedPath = (path: string): boolean => RESERVED.has(firstPartOf(path))

/**
 * Whether a page or endpoint of ours may be at a path. A request for anything else of the host's site passes the package's
 * routers by, which would look at each of their routes for it.
 *
 * @param appsPath where applications are registered; null without OAuth
 */
export function createIsOwnPath(appsPath: string | null): (path: string) => boolean {
  if (appsPath === null) {
    const firstParts = firstPartsOf(PAGES)
    return path => firstParts.has(firstPartOf(path))
  }
  const firstParts = firstPartsOf([...PAGES, ...OAUTH])
  const isApps = createIsUnder([appsPath])
  return path => firstParts.has(firstPartOf(path)) || isApps(path)
}
