import type { Site } from '../site.ts'
import type { User, UserSite, Users } from './user.ts'

/** Returns the sites that a user may let an application into. The first one is the default choice. */
export async function sitesOf(site: Site, users: Users, user: User): Promise<readonly UserSite[]> {
  return users.sites ? users.sites(user) : [theSite(site)]
}

/** Whether this is one of the user's sites. */
export async function hasSite(site: Site, users: Users, user: User, id: string): Promise<boolean> {
  return (await sitesOf(site, users, user)).some(each => String(each.id) === id)
}

/** The ID that WordPress gives to the site of a single-site installation. */
export const THE_SITE_ID = '1'

/** The site of a host that has only one. */
export const theSite = (site: Site): UserSite => ({ id: THE_SITE_ID, url: site.url, name: site.name })

/** Finds a site by its ID or its address, as WordPress.com's `blog` parameter names it. */
export function findSite(sites: readonly UserSite[], named: string): UserSite | undefined {
  const address = (url: string) =>
    url
      .replace(/^https?:\/\//i, '')
      .replace(/\/+$/, '')
      .toLowerCase()
  return sites.find(({ id }) => String(id) === named) ?? sites.find(({ url }) => address(url) === address(named))
}
