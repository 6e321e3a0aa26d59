import type { Knex } from 'knex'
import type { Id, ItemQuery, MediaQuery } from '../content/content.ts'
import { foldWords, storable, toInteger, toSeconds } from './item-row.ts'
import { toKeys } from './keys.ts'

/** Adds a condition. */
export type Branch = (builder: Knex.QueryBuilder) => Knex.QueryBuilder

/** Adds the conditions of a query about items, except its statuses. */
export function filterItems(builder: Knex.QueryBuilder, type: string, query: ItemQuery, joins: string): void {
  builder.where('type', type)
  filterShared(builder, query, 'sort_date')
  if (query.search !== undefined) {
    const columns = (query.searchIn ?? ['title', 'content', 'excerpt']).map(column => `search_${column}`)
    searchIn(builder, columns, query.search)
  }
  if (query.withoutPassword) builder.where('password', '')
  if (query.menuOrder !== undefined) builder.where('menu_order', toInteger(query.menuOrder))
  if (query.sticky !== undefined) builder.where('sticky', query.sticky)
  for (const { in: wanted, notIn = [], all = false } of Object.values(query.terms ?? {})) {
    const having = (ids: readonly Id[], atLeast = 1) => {
      const items = builder.client.queryBuilder().select('item_id').from(joins).whereIn('term_id', toKeys(ids))
      return atLeast === 1 ? items : items.groupBy('item_id').havingRaw('count(*) >= ?', [atLeast])
    }
    if (wanted) builder.whereIn('id', having(wanted, all ? new Set(wanted.map(String)).size : 1))
    if (notIn.length > 0) builder.whereNotIn('id', having(notIn))
  }
}

/**
 * The conditions of the statuses, one of which an item must meet; no item meets two. `publish` in the table is published or
 * scheduled, by its date.
 */
export function statusBranches({ statuses, unpublishedOf, now }: ItemQuery): Branch[] {
  const own: Branch = builder =>
    unpublishedOf === undefined ? builder : builder.where('author', String(unpublishedOf))
  const branchOf = (status: ItemQuery['statuses'][number]): Branch => {
    if (status === 'publish') return one => one.where('status', 'publish').where('sort_date', '<=', toSeconds(now))
    if (status === 'future') return one => own(one.where('status', 'publish').where('sort_date', '>', toSeconds(now)))
    return one => own(one.where('status', status))
  }
  const branches = [...new Set(statuses)].map(branchOf)
  return branches.length > 0 ? branches : [none => none.whereRaw('1 = 0')]
}

type Shared = Pick<
  MediaQuery,
  | 'authors'
  | 'notAuthors'
  | 'include'
  | 'exclude'
  | 'slugs'
  | 'parents'
  | 'notParents'
  | 'after'
  | 'before'
  | 'modifiedAfter'
  | 'modifiedBefore'
>

/** Adds the conditions that items and files have in common. */
export function filterShared(builder: Knex.QueryBuilder, query: Shared, dateColumn: string): void {
  const texts = (ids: readonly Id[]) => ids.map(String)
  if (query.authors) builder.whereIn('author', texts(query.authors))
  if (query.notAuthors?.length) builder.whereNotIn('author', texts(query.notAuthors))
  if (query.include) builder.whereIn('id', toKeys(query.include))
  if (query.exclude?.length) builder.whereNotIn('id', toKeys(query.exclude))
  if (query.slugs) builder.whereIn('slug', query.slugs.map(storable))
  if (query.parents) builder.whereIn('parent', toKeys(query.parents))
  const { notParents = [] } = query
  if (notParents.length > 0) builder.where(one => one.whereNull('parent').orWhereNotIn('parent', toKeys(notParents)))
  if (query.after) builder.where(dateColumn, '>', toSeconds(query.after))
  if (query.before) builder.where(dateColumn, '<', toSeconds(query.before))
  if (query.modifiedAfter) builder.where('modified', '>', toSeconds(query.modifiedAfter))
  if (query.modifiedBefore) builder.where('modified', '<', toSeconds(query.modifiedBefore))
}

/** More words than anybody types would make a statement without end. */
const MAX_WORDS = 20
/** SQLite takes no pattern of more than 50,000 bytes. As in WordPress, longer texts are not typed by people. */
const MAX_SEARCH = 1_600

/** Every word must occur in one of the columns. */
export function searchIn(builder: Knex.QueryBuilder, columns: readonly string[], search: string): void {
  const words = foldSearch(search)
    .split(/\s+/)
    .filter(word => word !== '')
  for (const word of words.slice(0, MAX_WORDS)) {
    builder.where(any => {
      for (const column of columns) any.orWhereRaw(`?? like ? escape '!'`, [column, `%${escapeLike(word)}%`])
    })
  }
}

export const foldSearch = (search: string): string => foldWords(search).slice(0, MAX_SEARCH).toWellFormed()
export const escapeLike = (text: string): string => text.replace(/[!%_]/g, '!$&')

/** Adds the order of a query. The id decides between equals, so that pages do not overlap. */
export function orderItems(
  builder: Knex.QueryBuilder,
  query: Pick<ItemQuery, 'orderBy' | 'order' | 'include' | 'slugs' | 'search'>,
  dateColumn: string,
): void {
  const { orderBy, order } = query
  if (orderBy === 'include' && query.include) {
    orderByList(builder, 'id', toKeys(query.include))
    return
  }
  if (orderBy === 'include_slugs' && query.slugs) {
    orderByList(builder, 'slug', query.slugs.map(storable))
    return
  }
  if (orderBy === 'relevance' && query.search !== undefined) {
    const like = `%${escapeLike(foldSearch(query.search))}%`
    const title = dateColumn === 'sort_date' ? 'search_title' : 'search'
    builder.orderByRaw(`case when ?? like ? escape '!' then 0 else 1 end`, [title, like])
    builder.orderBy([
      { column: dateColumn, order: 'desc' },
      { column: 'id', order: 'desc' },
    ])
    return
  }
  const columns: Partial<Record<ItemQuery['orderBy'], string>> = {
    modified: 'modified',
    id: 'id',
    title: 'title',
    slug: 'slug',
    author: 'author',
    parent: 'parent',
    menu_order: dateColumn === 'sort_date' ? 'menu_order' : 'id',
  }
  const column = columns[orderBy] ?? dateColumn
  builder.orderBy(
    column === 'id'
      ? [{ column, order }]
      : [
          { column, order },
          { column: 'id', order },
        ],
  )
}

/** In the order of a list. A list of a request is short. */
function orderByList(builder: Knex.QueryBuilder, column: string, list: readonly (string | number)[]): void {
  if (list.length === 0) return
  const cases = list.map((_value, at) => `when ?? = ? then ${at}`).join(' ')
  builder.orderByRaw(
    `case ${cases} else ${list.length} end`,
    list.flatMap(value => [column, value]),
  )
}
