import { createHash } from 'node:crypto'
import { ConnectError } from '../errors.ts'
import type { Site } from '../options.ts'
import { formatDate } from '../wordpress/rest-date.ts'
import type { RestRoute } from '../wordpress/rest-route.ts'
import { publicId, type User } from './user.ts'

/** `GET /wp/v2/users/me`: the call by which clients try out a credential. */
export function usersMeRoute(site: Site): RestRoute {
  return {
    route: '/wp/v2/users/me',
    endpoints: [
      {
        methods: ['GET'],
        args: { context: { type: 'string', enum: ['view', 'embed', 'edit'], default: 'view' } },
        async permit({ auth }) {
          if (!auth) throw new ConnectError('rest_not_logged_in')
        },
        async answer({ auth, values }) {
          if (!auth) throw new ConnectError('rest_not_logged_in')
          return { body: presentUser(site, auth.user, values.context ?? 'view') }
        },
      },
    ],
    schema: { $schema: 'http://json-schema.org/draft-04/schema#', title: 'user', type: 'object', properties: {} },
  }
}

function presentUser(site: Site, user: User, context: string) {
  const name = user.name ?? user.login
  const slug = user.login.toLowerCase().replace(/[^a-z0-9]+/g, '-')
  const [firstName = '', ...lastNames] = user.name && user.name !== user.login ? user.name.split(' ') : []
  return {
    id: publicId(user.id),
    ...(context === 'edit' && { username: user.login }),
    name,
    ...(context === 'edit' && { first_name: firstName, last_name: lastNames.join(' '), email: user.email ?? '' }),
    url: '',
    description: '',
    link: `${site.url}/author/${slug}/`,
    ...(context === 'edit' && { locale: 'en_US', nickname: name }),
    slug,
    ...(context === 'edit' && {
      roles: user.roles ?? [],
      registered_date: user.registered ? `${formatDate(user.registered.getTime() / 1000)}+00:00` : '',
      capabilities: { ...user.capabilities, ...Object.fromEntries((user.roles ?? []).map(role => [role, true])) },
      extra_capabilities: Object.fromEntries((user.roles ?? []).map(role => [role, true])),
    }),
    avatar_urls: avatarUrls(user.email ?? ''),
    ...(context !== 'embed' && { meta: [] }),
    _links: { self: [{ href: `${site.url}/wp-json/wp/v2/users/${publicId(user.id)}` }] },
  }
}

/** Gravatar's addresses, as WordPress builds them. */
function avatarUrls(email: string) {
  const hash = createHash('sha256').update(email.trim().toLowerCase()).digest('hex')
  const url = (size: number) => `https://secure.gravatar.com/avatar/${hash}?s=${size}&d=mm&r=g`
  return { 24: url(24), 48: url(48), 96: url(96) }
}
