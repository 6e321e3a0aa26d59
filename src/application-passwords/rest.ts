import type { Auth } from '../authentication/auth.ts'
import { ConnectError, type ErrorCode } from '../errors.ts'
import { CONTEXT } from '../rest/arguments.ts'
import { formatDate } from '../rest/date.ts'
import type { Endpoint, RestAnswer, RestRequest, RestRoute } from '../rest/route.ts'
import { restUrl } from '../rest/url.ts'
import type { Site } from '../site.ts'
import { isStillLoggedIn } from '../users/still-logged-in.ts'
import { type Action, isSameUser, publicId, type User, type Users } from '../users/user.ts'
import type { ApplicationPassword } from './application-password.ts'
import type { ApplicationPasswords } from './application-passwords-types.ts'
import type { Availability } from './availability.ts'
import { chunkPassword } from './password.ts'
import { type Permission, REFUSALS } from './permission.ts'
import { createArguments, renameArguments, applicationPasswordSchema as schema } from './schema.ts'

interface ApplicationPasswordsRestParts {
  site: Site
  users: Users
  passwords: ApplicationPasswords
  permission: Permission
  availability: Availability
}

/** The data that an endpoint works with after the permission check. */
interface Permitted {
  request: RestRequest
  target: User
  uuid: string
  values: RestRequest['values']
}

/** WordPress's seven operations on application passwords. */
export function applicationPasswordRoutes({
  site,
  users,
  passwords,
  permission,
  availability,
}: ApplicationPasswordsRestParts): RestRoute[] {
  /** Returns the caller and the user whose application passwords the request is about. */
  async function whose(
    { auth, path, ctx }: RestRequest,
    anonymousCode: ErrorCode,
  ): Promise<{ caller: Auth; target: User }> {
    const unavailable = await availability.unavailableReason(ctx.secure)
    if (unavailable) throw unavailable
    if (path.user_id === 'me' && !auth) throw new ConnectError('rest_not_logged_in')
    // Before the look-up, so that callers without credentials cannot probe which ids exist.
    if (!auth) throw new ConnectError(anonymousCode, { status: 401 })
    const isOwn = path.user_id === 'me' || path.user_id === String(auth.user.id)
    const target = isOwn ? auth.user : await users.find(path.user_id ?? '')
    if (!target) throw new ConnectError('rest_user_invalid_id')
    return { caller: auth, target }
  }

  const may = (action: Action, answer: (permitted: Permitted) => Promise<RestAnswer>): Endpoint['permit'] =>
    async function permit(request) {
      const { caller, target } = await whose(request, REFUSALS[action])
      await permission.check({ caller, target, action, uuid: request.path.uuid })
      return () => answer({ request, target, uuid: request.path.uuid ?? '', values: request.values })
    }

  const addressOf = ({ userId, uuid }: ApplicationPassword) =>
    restUrl(site, `/wp/v2/users/${publicId(userId)}/application-passwords/${uuid}`)

  function presentWithLinks(item: ApplicationPassword, context = 'view') {
    const { created, last_used, last_ip, ...always } = present(item)
    const seen = context === 'embed' ? always : { ...always, created, last_used, last_ip }
    const self = { href: addressOf(item), targetHints: { allow: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] } }
    return { ...seen, _links: { self: [self] } }
  }

  const list = may('list_app_passwords', async ({ target, values }) => ({
    body: (await passwords.list(target)).map(item => presentWithLinks(item, values.text('context'))),
  }))

  /**
   * Whether the caller is still valid: since the request began, the session may have ended or the application password may
   * have been revoked.
   */
  async function isStillCaller({ auth, ctx }: RestRequest): Promise<boolean> {
    if (auth?.method === 'session') return isStillLoggedIn(users, ctx, auth.user)
    if (auth?.method !== 'application-password') return false
    const { uuid } = auth.applicationPassword
    return (await passwords.list(auth.user)).some(each => each.uuid === uuid)
  }

  const create = may('create_app_password', async ({ request, target, values }) => {
    const { applicationPassword, password } = await passwords.create(
      target,
      values.text('name') ?? '',
      values.text('app_id'),
      () => isStillCaller(request),
    )
    const { _links, ...body } = presentWithLinks(applicationPassword)
    return {
      status: 201,
      headers: { Location: addressOf(applicationPassword) },
      body: { ...body, password: chunkPassword(password), _links },
    }
  })

  const revokeAll = may('delete_app_passwords', async ({ target }) => ({
    body: { deleted: true, count: await passwords.revokeAll(target) },
  }))

  const read = may('read_app_password', async ({ target, uuid, values }) => ({
    body: presentWithLinks(await passwords.get(target, uuid), values.text('context')),
  }))

  // As in WordPress, only the name can change, and a body without a name changes nothing.
  const rename = may('edit_app_password', async ({ target, uuid, values }) => {
    const name = values.text('name')
    const item = await (name === undefined ? passwords.get(target, uuid) : passwords.rename(target, uuid, name))
    return { body: presentWithLinks(item) }
  })

  const revoke = may('delete_app_password', async ({ target, uuid }) => ({
    body: { deleted: true, previous: present(await passwords.revoke(target, uuid)) },
  }))

  /** Returns the application password that authenticated this request. */
  const introspect: Endpoint['permit'] = async request => {
    const code = 'rest_cannot_introspect_app_password_for_non_authenticated_user'
    const { caller, target } = await whose(request, code)
    if (!isSameUser(caller.user, target)) throw new ConnectError(code)
    return async () => {
      if (caller.method !== 'application-password') throw new ConnectError('rest_no_authenticated_app_password')
      const item = await passwords.get(caller.user, caller.applicationPassword.uuid)
      return { body: presentWithLinks(item, request.values.text('context')) }
    }
  }

  const collection = '/wp/v2/users/(?P<user_id>(?:[\\w-]+|me))/application-passwords'
  const context = { context: CONTEXT }
  return [
    {
      route: collection,
      schema,
      endpoints: [
        { methods: ['GET'], args: context, permit: list },
        { methods: ['POST'], args: createArguments, permit: create },
        { methods: ['DELETE'], args: {}, permit: revokeAll },
      ],
    },
    { route: `${collection}/introspect`, schema, endpoints: [{ methods: ['GET'], args: context, permit: introspect }] },
    {
      route: `${collection}/(?P<uuid>[\\w-]+)`,
      schema,
      endpoints: [
        { methods: ['GET'], args: context, permit: read },
        { methods: ['POST', 'PUT', 'PATCH'], args: renameArguments, permit: rename },
        { methods: ['DELETE'], args: {}, permit: revoke },
      ],
    },
  ]
}

function present(item: ApplicationPassword) {
  return {
    uuid: item.uuid,
    app_id: item.appId,
    name: item.name,
    created: formatDate(item.created),
    last_used: item.lastUsed === null ? null : formatDate(item.lastUsed),
    last_ip: item.lastIp,
  }
}
