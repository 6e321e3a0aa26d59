import type { Site } from '../../site.ts'
import type { Grant } from '../grants/grant.ts'

/** Adds the members that WordPress.com's responses have; its clients expect them, and as strings. */
export function tokenAnswer(site: Site, answer: object, grant: Grant): object {
  return {
    scope: '',
    ...answer,
    token_type: 'bearer',
    ...blogOf(site, grant),
  }
}

/** The site of a grant. For a grant for no site or all sites, WordPress.com sends 0 and its own URL. */
export function blogOf(site: Site, { access, siteId, siteUrl }: Pick<Grant, 'access' | 'siteId' | 'siteUrl'>) {
  return access === 'site' ? { blog_id: siteId, blog_url: siteUrl } : { blog_id: '0', blog_url: site.url }
}
