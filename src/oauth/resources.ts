import { createIsUnder, isUnder } from '../http/is-under.ts'
import { rootPathOf } from '../http/root-path.ts'
import type { Site } from '../site.ts'
import { OAUTH_PATHS } from './paths.ts'
import { spelledOnce, unescaped } from './resource-address.ts'

export type Resources = ReturnType<typeof createResources>

/**
 * The resources that a token can be for (RFC 8707): the whole site, or a URL of its API with everything below it, such as
 * an MCP server.
 *
 * @param prefixes path prefixes of the site's API, under which credentials are read
 */
export function createResources(site: Site, prefixes: readonly string[]) {
  const root = rootPathOf(site.url)
  const { origin: ownOrigin } = new URL(site.url)
  const isApi = createIsUnder(prefixes)

  /** Returns a resource's path below the site's root, '' for the whole site, or null for other resources. */
  function pathOf(resource: string): string | null {
    if (!URL.canParse(resource)) return null
    const { origin, pathname, username, password } = new URL(resource)
    if (origin !== ownOrigin || username || password) return null
    // Query and fragment make no difference for our resources.
    const path = spelledOnce(pathname).replace(/\/$/, '')
    if (path === root) return ''
    const below = path.startsWith(`${root}/`) ? path.slice(root.length) : null
    return below && isApi(below) ? below : null
  }

  return {
    /** Returns the canonical URL of a resource, or null if it is not one of ours. */
    canonical(resource: string): string | null {
      const path = pathOf(resource)
      return path === null ? null : site.url + path
    },
    /**
     * Whether a grant for these resources allows a token for `resource`: it is one of them, or the grant is for the whole
     * site, as a grant without resources is.
     */
    isGranted(resource: string, granted: readonly string[]): boolean {
      const path = pathOf(resource)
      return path !== null && (granted.length === 0 || granted.map(pathOf).some(each => each === '' || each === path))
    },
    /** Returns the single resource that several ones mean: one resource in several spellings, or the whole site. */
    oneOf(resources: readonly string[]): string | null {
      const [path, ...others] = new Set(resources.map(pathOf))
      if (path === undefined || path === null || others.includes(null)) return null
      if (others.length === 0) return site.url + path
      return path === '' || others.includes('') ? site.url : null
    },
    /** Whether a token for `audience` may be used at this path. A token without an audience is for the whole site. */
    covers(audience: string | null, path: string): boolean {
      const resource = audience === null ? '' : pathOf(audience)
      if (resource === null || resource === '') return resource !== null
      // Whichever way the host's router reads the path: `/api/mcp/../posts` is not under `/api/mcp`.
      return isUnder(unescaped(path), [resource]) && isUnder(spelledOnce(path), [resource])
    },
    /** Returns the URL of the metadata of the resource at this path of the API. */
    metadataUrl(path: string): string {
      const prefix = prefixes.find(each => isUnder(path, [each]))
      return site.url + OAUTH_PATHS.protectedResource + (prefix ?? '')
    },
  }
}
