import type { Site } from '../site.ts'
import type { User, UserSite, Users } from './user.ts'

/** The sites that a user may let an application into, the one that is shown first first. */
export async function sitesOf(site: Site, users: Users, user: User): Promise<readonly UserSite[]> {
  return users.sites ? users.sites(user) : [theSite(site)]
}

/** The number that WordPress gives the site of an installation that has one. */
export const THE_SITE_ID = '1'

/** The only site of a host that has no several. */
export const theSite = (site: Site): UserSite => ({ id: THE_SITE_ID, url: site.url, name: site.name })

/** By its id or its address, as WordPress.com's `blog` parameter names it. */
export function findSite(sites: readonly UserSite[], named: string): UserSite | undefined {
  const address = (url: string) =>
    url
      .replace(/^https?:\/\//i, '')
      .replace(/\/+$/, '')
      .toLowerCase()
  return sites.find(({ id }) => String(id) === named) ?? sites.find(({ url }) => address(url) === address(named))
}
