import { ConnectError } from '../errors.ts'
import type { Site } from '../options.ts'
import { publicId, type User } from '../users/user.ts'
import { formatDate } from '../wordpress/rest-date.ts'
import type { RestRequest, RestRoute } from '../wordpress/rest-route.ts'
import type { ApplicationPasswords } from './application-passwords.ts'
import { chunkPassword } from './password.ts'
import type { Permission } from './permission.ts'
import type { ApplicationPassword } from './rows.ts'
import { context, schema, writable } from './schema.ts'

/** WordPress's seven operations on application passwords. */
export function applicationPasswordRoutes(
  site: Site,
  passwords: ApplicationPasswords,
  permission: Permission,
): RestRoute[] {
  const collection = '/wp/v2/users/(?P<user_id>(?:[\\w-]+|me))/application-passwords'

  const target = (request: RestRequest): Promise<User> => permission.targetOf(request, 'rest_not_logged_in')
  const hrefOf = (item: ApplicationPassword) =>
    `${site.url}/wp-json/wp/v2/users/${publicId(item.userId)}/application-passwords/${item.uuid}`

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

  function presentWithLinks(item: ApplicationPassword, inContext = 'view') {
    const { created, last_used, last_ip, ...always } = present(item)
    const seen = inContext === 'embed' ? always : { ...always, created, last_used, last_ip }
    const self = { href: hrefOf(item), targetHints: { allow: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] } }
    return { ...seen, _links: { self: [self] } }
  }

  return [
    {
      route: collection,
      schema,
      endpoints: [
        {
          methods: ['GET'],
          args: { context },
          permit: request => permission.check(request, 'list_app_passwords'),
          async answer(request) {
            const items = await passwords.list(await target(request))
            return { body: items.map(item => presentWithLinks(item, request.values.context)) }
          },
        },
        {
          methods: ['POST'],
          args: writable(true),
          permit: request => permission.check(request, 'create_app_password'),
          async answer(request) {
            const { name = '', app_id } = request.values
            const { applicationPassword, password } = await passwords.create(await target(request), name, app_id)
            const { _links, ...body } = presentWithLinks(applicationPassword)
            return {
              status: 201,
              headers: { Location: hrefOf(applicationPassword) },
              body: { ...body, password: chunkPassword(password), _links },
            }
          },
        },
        {
          methods: ['DELETE'],
          args: {},
          permit: request => permission.check(request, 'delete_app_passwords'),
          answer: async request => ({
            body: { deleted: true, count: await passwords.revokeAll(await target(request)) },
          }),
        },
      ],
    },
    {
      route: `${collection}/introspect`,
      schema,
      endpoints: [
        {
          methods: ['GET'],
          args: { context },
          permit: request => permission.checkIntrospect(request),
          async answer(request) {
            if (request.auth?.method !== 'application-password') {
              throw new ConnectError('rest_no_authenticated_app_password')
            }
            const item = await passwords.get(request.auth.user, request.auth.applicationPassword.uuid)
            return { body: presentWithLinks(item, request.values.context) }
          },
        },
      ],
    },
    {
      route: `${collection}/(?P<uuid>[\\w-]+)`,
      schema,
      endpoints: [
        {
          methods: ['GET'],
          args: { context },
          permit: request => permission.check(request, 'read_app_password'),
          answer: async request => ({
            body: presentWithLinks(await passwords.get(await target(request), uuidOf(request)), request.values.context),
          }),
        },
        {
          methods: ['POST', 'PUT', 'PATCH'],
          args: writable(false),
          permit: request => permission.check(request, 'edit_app_password'),
          async answer(request) {
            const user = await target(request)
            const { name } = request.values
            // As in WordPress, only the name changes, and a body without one changes nothing.
            const item =
              name === undefined ? passwords.get(user, uuidOf(request)) : passwords.rename(user, uuidOf(request), name)
            return { body: presentWithLinks(await item) }
          },
        },
        {
          methods: ['DELETE'],
          args: {},
          permit: request => permission.check(request, 'delete_app_password'),
          answer: async request => ({
            body: { deleted: true, previous: present(await passwords.revoke(await target(request), uuidOf(request))) },
          }),
        },
      ],
    },
  ]
}

const uuidOf = (request: RestRequest): string => request.path.uuid ?? ''
