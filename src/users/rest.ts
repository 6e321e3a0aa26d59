import { createHash } from 'node:crypto'
import { ConnectError } from '../errors.ts'
import type { Site } from '../options.ts'
import { formatDate } from '../wordpress/rest-date.ts'
import type { Endpoint, RestAnswer, RestRoute } from '../wordpress/rest-route.ts'
import type { Arguments } from '../wordpress/rest-schema.ts'
import { publicId, type User } from './user.ts'

const args: Arguments = { context: { type: 'string', enum: ['view', 'embed', 'edit'], default: 'view' } }
const schema = { $schema: 'http://json-schema.org/draft-04/schema#', title: 'user', type: 'object', properties: {} }

/**
 * The caller's own user: `/wp/v2/users/me`, and the two further addresses by which services try out a credential.
 * WordPress shows its authors to everybody there; here nobody learns of another user.
 */
export function usersRoutes(site: Site): RestRoute[] {
  const own = (
    answer: (user: User, context: string) => RestAnswer,
    isOwn = (_id: string, _user: User) => true,
  ): Endpoint => ({
    methods: ['GET'],
    args,
    async permit({ auth, path }) {
      if (!auth) throw new ConnectError('rest_not_logged_in')
      if (!isOwn(path.id ?? '', auth.user)) throw new ConnectError('rest_user_cannot_view')
    },
    async answer({ auth, values }) {
      if (!auth) throw new ConnectError('rest_not_logged_in')
      return answer(auth.user, values.context ?? 'view')
    },
  })
  const one = (user: User, context: string) => ({ body: presentUser(site, user, context) })
  const list = (user: User, context: string) => ({
    headers: { 'X-WP-Total': '1', 'X-WP-TotalPages': '1' },
    body: [presentUser(site, user, context)],
  })
  return [
    { route: '/wp/v2/users', endpoints: [own(list)], schema },
    { route: '/wp/v2/users/me', endpoints: [own(one)], schema },
    { route: '/wp/v2/users/(?P<id>[\\w-]+)', endpoints: [own(one, (id, user) => id === String(user.id))], schema },
  ]
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
