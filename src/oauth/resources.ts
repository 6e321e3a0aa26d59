import { createIsUnder, isUnder } from '../http/is-under.ts'
import { rootPathOf } from '../http/root-path.ts'
import type { Site } from '../site.ts'
import { OAUTH_PATHS } from './paths.ts'
import { spelledOnce, unescaped } from './resource-address.ts'

export type Resources = ReturnType<typeof createResources>

/**
 * What a token can be for (RFC 8707): the whole site, or what lies at and below one address of its API, such as an MCP server.
 *
 * @param prefixes of the site's API, where credentials are read
 */
export function createResources(site: Site, prefixes: readonly string[]) {
  const root = rootPathOf(site.url)
  const { origin: ownOrigin } = new URL(site.url)
  const isApi = createIsUnder(prefixes)

  /** The path below the site's root, '' for the whole site; null for what is none of our resources. */
  function pathOf(resource: string): string | null {
    if (!URL.canParse(resource)) return null
    const { origin, pathname, username, password } = new URL(resource)
    if (origin !== ownOrigin || username || password) return null
    // What is behind the path names no other resource here.
    const path = spelledOnce(pathname).replace(/\/$/, '')
    if (path === root) return ''
    const below = path.startsWith(`${root}/`) ? path.slice(root.length) : null
    return below && isApi(below) ? below : null
  }

  return {
    /** The resource in its one form; null for what is none of ours. */
    canonical(resource: string): string | null {
      const path = pathOf(resource)
      return path === null ? null : site.url + path
    },
    /**
     * Whether a token for `resource` may be issued of a grant for these: it is one of them, or the grant is for the whole
     * site, as one without any is.
     */
    isGranted(resource: string, granted: readonly string[]): boolean {
      const path = pathOf(resource)
      return path !== null && (granted.length === 0 || granted.map(pathOf).some(each => each === '' || each === path))
    },
    /** The one resource that a request means which names several: the same in several spellings, or the whole site. */
    oneOf(resources: readonly string[]): string | null {
      const [path, ...others] = new Set(resources.map(pathOf))
      if (path === undefined || path === null || others.includes(null)) return null
      if (others.length === 0) return site.url + path
      return path === '' || others.includes('') ? site.url : null
    },
    /** Whether a token for `audience` may be used at this path. Without one it is for the whole site. */
    covers(audience: string | null, path: string): boolean {
      const resource = audience === null ? '' : pathOf(audience)
      if (resource === null || resource === '') return resource !== null
      // However the host's router reads it: `/api/mcp/../posts` is not under `/api/mcp`.
      return isUnder(unescaped(path), [resource]) && isUnder(spelledOnce(path), [resource])
    },
    /** Where the metadata of the resource at this path of the API is. */
    metadataUrl(path: string): string {
      const prefix = prefixes.find(each => isUnder(path, [each]))
      return site.url + OAUTH_PATHS.protectedResource + (prefix ?? '')
    },
  }
}
