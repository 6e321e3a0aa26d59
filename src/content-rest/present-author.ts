import { restUrl } from '../rest/url.ts'
import type { Site } from '../site.ts'
import { avatarUrls, profileUrl } from '../users/avatar.ts'
import { slugOf, type User, type Users } from '../users/user.ts'

/** Returns a user as anybody may see the authors of a site: by their public name, without login and email address. */
export function presentAuthor(site: Site, users: Users, user: User, number: number, context: string): object {
  const avatars = avatarUrls(users, user)
  const slug = slugOf(user)
  return {
    id: number,
    name: user.name ?? user.login,
    url: '',
    description: '',
    link: profileUrl(site, users, user, slug),
    slug,
    ...(avatars && { avatar_urls: avatars }),
    ...(context !== 'embed' && { meta: [] }),
    _links: {
      self: [{ href: restUrl(site, `/wp/v2/users/${number}`) }],
      collection: [{ href: restUrl(site, '/wp/v2/users') }],
    },
  }
}
