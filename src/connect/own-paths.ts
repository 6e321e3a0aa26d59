import { createIsUnder } from '../http/is-under.ts'
import { CONNECTED_APPS_PATH, OAUTH_PATHS } from '../oauth/paths.ts'
import { ASSETS_PATH } from '../pages/assets.ts'
import { PAGE_PATHS } from '../pages/paths.ts'
import { REST_PREFIX, REST_V1_PREFIXES } from '../rest/url.ts'

/** Returns the first segment of a path: `wp-admin` for `/wp-admin/profile.php`. */
const firstPartOf = (path: string): string => {
  const end = path.indexOf('/', 1)
  return (end < 0 ? path.slice(1) : path.slice(1, end)).toLowerCase()
}

/** WordPress's REST API is also at `/index.php?rest_route=`. */
const PAGES = [...Object.values(PAGE_PATHS), ASSETS_PATH, '/index.php']
const OAUTH = [...Object.values(OAUTH_PATHS), CONNECTED_APPS_PATH]
const REST = [REST_PREFIX, ...REST_V1_PREFIXES]

const firstPartsOf = (paths: readonly string[]): ReadonlySet<string> => new Set(paths.map(firstPartOf))

const RESERVED = firstPartsOf([...PAGES, ...OAUTH, ...REST])

/** Whether a page that the host places at this path would conflict with a path of the package. */
export const isReservedPath = (path: string): boolean => RESERVED.has(firstPartOf(path))

/**
 * Returns a function that tells whether the package may have a page or endpoint at a path. Requests for other paths of the
 * site skip the package's routers, which would compare each of their routes.
 *
 * @param appsPath path of the pages where applications are registered; null without OAuth
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
