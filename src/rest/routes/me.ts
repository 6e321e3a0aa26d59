import type { Site } from '../../site.ts'
import { avatarUrl, profileUrl } from '../../users/avatar.ts'
import { sitesOf } from '../../users/sites.ts'
import { publicId, type Users } from '../../users/user.ts'
import type { RestV1Route } from '../rest-v1.ts'

/** `/rest/v1/me`: the caller, in WordPress.com's format. */
export function meRoute(site: Site, users: Users): RestV1Route {
  return {
    method: 'GET',
    path: '/me',
    async answer({ auth }) {
      const { user } = auth
      const sites = await sitesOf(site, users, user)
      // A token for one site does not reveal the others.
      const own = auth.method === 'access-token' && auth.site !== null && auth.site !== 'all' ? auth.site : sites[0]
      return {
        ID: publicId(user.id),
        display_name: user.name ?? user.login,
        username: user.login,
        email: user.email ?? '',
        primary_blog: own ? publicId(own.id) : 0,
        primary_blog_url: own?.url ?? '',
        language: 'en',
        avatar_URL: avatarUrl(users, user, 96) ?? '',
        profile_URL: profileUrl(site, users, user, encodeURIComponent(user.login)),
        // Applications link accounts by this member. Only the host knows whether the address is verified.
        verified: user.emailVerified ?? false,
        email_verified: user.emailVerified ?? false,
        site_count: sites.length,
        ...(auth.method === 'access-token' && {
          token_site_id: typeof auth.site === 'object' && auth.site ? publicId(auth.site.id) : false,
          token_scope: auth.scopes,
          token_client_id: publicId(auth.client.id),
        }),
      }
    },
  }
}
