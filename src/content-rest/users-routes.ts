import type { ContentRules } from '../content/content-rules.ts'
import { ConnectError } from '../errors.ts'
import { CONTEXT, type Values } from '../rest/arguments.ts'
import type { Endpoint, RestRequest, RestRoute } from '../rest/route.ts'
import { presentUser } from '../rest/routes/users.ts'
import { LIST_ARGUMENTS } from '../rest/routes/users-list.ts'
import type { Site } from '../site.ts'
import { isSameUser, type User, type UsersQuery } from '../users/user.ts'
import { pageAsked, pageHeaders } from './paging.ts'
import { presentAuthor } from './present-author.ts'
import { defined } from './read-values.ts'

const BASE = '/wp/v2/users'
/** The roles whose users write, as WordPress's `who=authors` means them. */
const WRITERS = ['administrator', 'editor', 'author', 'contributor']

/** The routes of the site's authors. Without `users.list()` there are none, and clients see only themselves. */
export function usersRoutes(site: Site, rules: ContentRules): RestRoute[] {
  const { users } = rules
  if (!users.list) return []
  const listUsers = users.list.bind(users)
  const callerOf = ({ auth }: RestRequest) => rules.callerOf(auth, 'posts')
  const mayList = (request: RestRequest) => rules.capabilities.can(callerOf(request).user, 'list_users')

  function refuse(request: RestRequest, code: 'rest_forbidden_context' | 'rest_user_cannot_view'): ConnectError {
    const { user, problem } = callerOf(request)
    return problem ?? new ConnectError(code, { status: user ? 403 : 401 })
  }

  /** The ids of all who have published something. */
  async function authors(): Promise<string[]> {
    const lists = await Promise.all(rules.types.map(type => type.authors?.() ?? []))
    return [...new Set(lists.flat().map(String))]
  }

  async function present(all: readonly User[], context: string, isFull: boolean): Promise<object[]> {
    const numberOf = await rules.ids.number(all.map(({ id }) => ({ kind: 'user', id })))
    return all.map(user => {
      const number = numberOf('user', user.id)
      if (!isFull) return presentAuthor(site, users, user, number, context)
      return { ...presentUser(site, users, { method: 'session', user }, context), id: number }
    })
  }

  const list: Endpoint = {
    methods: ['GET'],
    args: LIST_ARGUMENTS,
    async permit(request) {
      const { ctx, values } = request
      const context = values.text('context') ?? 'view'
      const isManager = await mayList(request)
      if (context === 'edit' && !isManager) throw refuse(request, 'rest_forbidden_context')
      if ((values.has('roles') || values.text('orderby') === 'email') && !isManager)
        throw refuse(request, 'rest_user_cannot_view')
      return async () => {
        const page = pageAsked(values)
        const query = await readQuery(rules, values)
        if (!isManager) {
          const published = await authors()
          query.ids = query.ids ? query.ids.filter(id => published.includes(id)) : published
        }
        const { items, total } = await listUsers(query)
        const body = await present(items, context, isManager && context === 'edit')
        return { headers: pageHeaders(site, ctx, BASE, total, page), body }
      }
    },
  }

  const one: Endpoint = {
    methods: ['GET'],
    args: { context: CONTEXT },
    async permit(request) {
      const { path, values, auth } = request
      const context = values.text('context') ?? 'view'
      const id = (await rules.ids.find('user', [Number(path.id)])).get(Number(path.id))
      const user = id === undefined ? null : await users.find(String(id))
      if (!user) throw new ConnectError('rest_user_invalid_id')
      const isSelf = auth !== null && isSameUser(auth.user, user)
      const isFull = isSelf || (await mayList(request))
      if (context === 'edit' && !isFull) throw refuse(request, 'rest_forbidden_context')
      if (!isFull && !(await authors()).includes(String(user.id))) throw refuse(request, 'rest_user_cannot_view')
      return async () => {
        if (isSelf) return { body: { ...presentUser(site, users, auth, context), id: Number(path.id) } }
        const [body] = await present([user], context, context === 'edit')
        return { body }
      }
    },
  }

  return [
    { route: BASE, endpoints: [list] },
    { route: `${BASE}/(?P<id>[\\d]+)`, endpoints: [one] },
  ]
}

async function readQuery({ ids }: ContentRules, values: Values): Promise<UsersQuery> {
  const { offset, limit } = pageAsked(values)
  const known = async (name: string) => {
    const numbers = values.numbers(name)
    if (numbers.length === 0) return undefined
    return [...(await ids.find('user', numbers)).values()].map(String)
  }
  const [include, exclude] = await Promise.all([known('include'), known('exclude')])
  const roles = values.list('roles')
  const slugs = values.list('slug')
  const search = values
    .text('search')
    ?.trim()
    .replace(/^\*|\*$/g, '')
  const orders = new Set(['id', 'name', 'registered_date', 'slug', 'email'])
  const orderBy = values.text('orderby') ?? 'name'
  return {
    ...defined({
      ids: include,
      exclude,
      search: search === '' ? undefined : search,
      slugs: slugs.length > 0 ? slugs : undefined,
      roles: roles.length > 0 ? roles : values.text('who') === 'authors' ? WRITERS : undefined,
    }),
    orderBy: (orders.has(orderBy) ? orderBy : 'name') as UsersQuery['orderBy'],
    order: values.text('order') === 'desc' ? 'desc' : 'asc',
    offset,
    limit,
  }
}
