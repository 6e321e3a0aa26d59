import type { Context } from 'koa'
import type { Site } from '../../site.ts'
import { slugOf, type User } from '../../users/user.ts'
import { type Arguments, CONTEXT, type Values } from '../arguments.ts'
import { restUrl } from '../url.ts'

const TEXTS = { type: 'array', items: { type: 'string' } } as const
/** WordPress's ids are numbers; a host's may be UUIDs. */
const ID = { oneOf: [{ type: 'integer' }, { type: 'string', format: 'uuid' }] } as const
const IDS = { type: 'array', items: ID } as const

/** WordPress's parameters for a list of users, as far as they make sense for a list of one. */
export const LIST_ARGUMENTS: Arguments = {
  context: CONTEXT,
  page: { type: 'integer', default: 1, minimum: 1 },
  per_page: { type: 'integer', default: 10, minimum: 1, maximum: 100 },
  search: { type: 'string' },
  exclude: IDS,
  include: IDS,
  offset: { type: 'integer' },
  order: { type: 'string', default: 'asc', enum: ['asc', 'desc'] },
  orderby: {
    type: 'string',
    default: 'name',
    enum: ['id', 'include', 'name', 'registered_date', 'slug', 'include_slugs', 'email', 'url'],
  },
  slug: TEXTS,
  roles: TEXTS,
  who: { type: 'string', enum: ['authors'] },
}

/**
 * Whether the request's filters match the caller.
 *
 * @param tellsRoles false if the caller may not learn what the user may do: then a filter by role matches no user
 */
export function isAsked(user: User, values: Values, tellsRoles: boolean): boolean {
  const has = (name: string, own: string) => values.list(name).some(item => item.toLowerCase() === own.toLowerCase())
  if (values.list('include').length > 0 && !has('include', String(user.id))) return false
  if (has('exclude', String(user.id))) return false
  if (values.list('slug').length > 0 && !has('slug', slugOf(user))) return false
  const search = values.text('search')
  if (search && !isFound(user, search)) return false
  if (values.list('roles').length > 0 && !(tellsRoles && user.roles?.some(role => values.list('roles').includes(role))))
    return false
  return values.text('who') !== 'authors' || !tellsRoles || (user.capabilities?.edit_posts ?? true)
}

/** Searches in id, login, email and name. WordPress allows a `*` at both ends of the search. */
function isFound({ id, login, email, name }: User, search: string): boolean {
  const wanted = search.trim().replace(/^\*/, '').replace(/\*$/, '').toLowerCase()
  if (String(id) === wanted) return true
  return [login, email, name].some(text => text?.toLowerCase().includes(wanted))
}

/** Returns one page of a list, with WordPress's headers about it. */
export function pageOf(site: Site, ctx: Context, items: readonly object[], values: Values) {
  const [page, perPage] = [values.number('page') ?? 1, values.number('per_page') ?? 10]
  const start = Math.max(0, values.number('offset') ?? (page - 1) * perPage)
  const pages = Math.ceil(items.length / perPage)
  const link = (number: number, rel: string) => {
    const query = new URLSearchParams(ctx.querystring)
    query.delete('rest_route')
    query.set('page', String(number))
    return `<${restUrl(site, '/wp/v2/users')}?${query}>; rel="${rel}"`
  }
  const current = Math.ceil(start / perPage + 1)
  const links = [
    ...(current > 1 && pages > 0 ? [link(Math.min(current - 1, pages), 'prev')] : []),
    ...(pages > current ? [link(current + 1, 'next')] : []),
  ]
  return {
    headers: {
      'X-WP-Total': String(items.length),
      'X-WP-TotalPages': String(pages),
      ...(links.length > 0 && { Link: links.join(', ') }),
    },
    body: items.slice(start, start + perPage),
  }
}
