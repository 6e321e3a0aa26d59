import type { Auth } from '../../authentication/auth.ts'
import { ConnectError } from '../../errors.ts'
import type { Site } from '../../site.ts'
import { avatarUrls, profileUrl } from '../../users/avatar.ts'
import { publicId, slugOf, type Users } from '../../users/user.ts'
import { CONTEXT } from '../arguments.ts'
import { formatDate } from '../date.ts'
import type { Endpoint, RestAnswer, RestRoute } from '../route.ts'
import { restUrl } from '../url.ts'
import { isAsked, LIST_ARGUMENTS, pageOf } from './users-list.ts'

const schema = { $schema: 'http://json-schema.org/draft-04/schema#', title: 'user', type: 'object', properties: {} }

/**
 * Routes about the caller: `/wp/v2/users/me`, and two more that services use to test credentials. WordPress shows its
 * authors to everyone there; here no caller sees another user.
 *
 * @param areListedElsewhere whether the site has content, whose authors clients may see: then only `/me` is here
 */
export function usersRoutes(site: Site, users: Users, areListedElsewhere = false): RestRoute[] {
  const own = (answer: (caller: Auth, context: string | undefined) => RestAnswer): Endpoint => ({
    methods: ['GET'],
    args: { context: CONTEXT },
    async permit({ auth, path, values }) {
      if (!auth) throw new ConnectError('rest_not_logged_in')
      if (path.id !== undefined && path.id !== String(auth.user.id)) throw new ConnectError('rest_user_cannot_view')
      return async () => answer(auth, values.text('context'))
    },
  })
  const one = own((caller, context) => ({ body: presentUser(site, users, caller, context) }))
  const list: Endpoint = {
    methods: ['GET'],
    args: LIST_ARGUMENTS,
    async permit({ ctx, auth, values }) {
      if (!auth) throw new ConnectError('rest_not_logged_in')
      const isIn = isAsked(auth.user, values, !tellsIdentityOnly(auth))
      return async () => pageOf(site, ctx, isIn ? [presentUser(site, users, auth, values.text('context'))] : [], values)
    },
  }
  const me = { route: '/wp/v2/users/me', endpoints: [one], schema }
  if (areListedElsewhere) return [me]
  return [
    { route: '/wp/v2/users', endpoints: [list], schema },
    me,
    { route: '/wp/v2/users/(?P<id>[\\w-]+)', endpoints: [one], schema },
  ]
}

/** A token that only identifies the user shows what the consent page names, and not what the user may do. */
const tellsIdentityOnly = (caller: Auth) => caller.method === 'access-token' && caller.site === null

/** Returns a user as they see themselves. */
export function presentUser(site: Site, users: Users, caller: Auth, context: string | undefined) {
  const { user } = caller
  const name = user.name ?? user.login
  const avatars = avatarUrls(users, user)
  const slug = slugOf(user)
  const [firstName = '', ...lastNames] = user.name && user.name !== user.login ? user.name.split(' ') : []
  return {
    id: publicId(user.id),
    ...(context === 'edit' && { username: user.login }),
    name,
    ...(context === 'edit' && { first_name: firstName, last_name: lastNames.join(' '), email: user.email ?? '' }),
    url: '',
    description: '',
    link: profileUrl(site, users, user, slug),
    ...(context === 'edit' && { locale: 'en_US', nickname: name }),
    slug,
    ...(context === 'edit' &&
      !tellsIdentityOnly(caller) && {
        roles: user.roles ?? [],
        registered_date: user.registered ? `${formatDate(user.registered.getTime() / 1000)}+00:00` : '',
        capabilities: { ...user.capabilities, ...Object.fromEntries((user.roles ?? []).map(role => [role, true])) },
        extra_capabilities: Object.fromEntries((user.roles ?? []).map(role => [role, true])),
      }),
    // As in WordPress with avatars switched off.
    ...(avatars && { avatar_urls: avatars }),
    ...(context !== 'embed' && { meta: [] }),
    _links: { self: [{ href: restUrl(site, `/wp/v2/users/${publicId(user.id)}`) }] },
  }
}
