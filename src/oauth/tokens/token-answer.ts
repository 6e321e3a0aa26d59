import type { Site } from '../../site.ts'
import type { Grant } from '../grants/grant-rows.ts'

/** oidc-provider's answer with what WordPress.com's has beside it; its clients look for these members, and for strings. */
export function tokenAnswer(site: Site, answer: object, grant: Grant): object {
  return {
    scope: '',
    ...answer,
    token_type: 'bearer',
    ...blogOf(site, grant),
  }
}

/** Which site a grant is for. Where it is none, or all, WordPress.com says 0 and its own address. */
export function blogOf(site: Site, { access, siteId, siteUrl }: Pick<Grant, 'access' | 'siteId' | 'siteUrl'>) {
  return access === 'site' ? { blog_id: siteId, blog_url: siteUrl } : { blog_id: '0', blog_url: site.url }
}
