import type { Knex } from 'knex'
import type { Id, ItemQuery, MediaQuery } from '../content/content.ts'
import { foldWords, toSeconds } from './item-row.ts'

/** Adds the conditions of a query about items. */
export function filterItems(builder: Knex.QueryBuilder, type: string, query: ItemQuery, joins: string): void {
  builder.where('type', type)
  filterStatuses(builder, query)
  filterShared(builder, query, 'sort_date')
  if (query.search !== undefined) {
    const columns = (query.searchIn ?? ['title', 'content', 'excerpt']).map(column => `search_${column}`)
    searchIn(builder, columns, query.search)
  }
  if (query.withoutPassword) builder.where('password', '')
  if (query.menuOrder !== undefined) builder.where('menu_order', query.menuOrder)
  if (query.sticky !== undefined) builder.where('sticky', query.sticky)
  for (const { in: wanted, notIn = [], all = false } of Object.values(query.terms ?? {})) {
    const having = (ids: readonly Id[]) => (one: Knex.QueryBuilder) => {
      one
        .select('item_id')
        .from(joins)
        .whereIn('term_id', ids as number[])
    }
    if (wanted && all) for (const id of wanted) builder.whereIn('id', having([id]))
    else if (wanted) builder.whereIn('id', having(wanted))
    if (notIn.length > 0) builder.whereNotIn('id', having(notIn))
  }
}

/** `publish` in the table is published or scheduled, by its date. */
function filterStatuses(builder: Knex.QueryBuilder, { statuses, unpublishedOf, now }: ItemQuery): void {
  const seconds = toSeconds(now)
  const isIn = (status: string) => (statuses as readonly string[]).includes(status)
  const others = statuses.filter(status => status !== 'publish' && status !== 'future')
  const isOwn = (one: Knex.QueryBuilder) => {
    if (unpublishedOf !== undefined) one.where('author', String(unpublishedOf))
  }
  // The plain case, for which there is an index.
  if (statuses.length === 1 && isIn('publish')) {
    builder.where('status', 'publish').where('sort_date', '<=', seconds)
    return
  }
  builder.where(any => {
    if (isIn('publish')) any.orWhere(one => one.where('status', 'publish').where('sort_date', '<=', seconds))
    if (isIn('future'))
      any.orWhere(one => {
        one.where('status', 'publish').where('sort_date', '>', seconds)
        isOwn(one)
      })
    if (others.length > 0)
      any.orWhere(one => {
        one.whereIn('status', others)
        isOwn(one)
      })
  })
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
  const numbers = (ids: readonly Id[]) => ids.map(Number).filter(Number.isSafeInteger)
  if (query.authors) builder.whereIn('author', texts(query.authors))
  if (query.notAuthors?.length) builder.whereNotIn('author', texts(query.notAuthors))
  if (query.include) builder.whereIn('id', numbers(query.include))
  if (query.exclude?.length) builder.whereNotIn('id', numbers(query.exclude))
  if (query.slugs) builder.whereIn('slug', query.slugs.map(foldless))
  if (query.parents) builder.whereIn('parent', numbers(query.parents))
  const { notParents = [] } = query
  if (notParents.length > 0) builder.where(one => one.whereNull('parent').orWhereNotIn('parent', numbers(notParents)))
  if (query.after) builder.where(dateColumn, '>', toSeconds(query.after))
  if (query.before) builder.where(dateColumn, '<', toSeconds(query.before))
  if (query.modifiedAfter) builder.where('modified', '>', toSeconds(query.modifiedAfter))
  if (query.modifiedBefore) builder.where('modified', '<', toSeconds(query.modifiedBefore))
}

/** A slug with NUL exists nowhere, and PostgreSQL rejects it. */
const foldless = (slug: string) => slug.replaceAll('\0', '').toWellFormed()

/** More words than anybody types would make a statement without end. */
const MAX_WORDS = 20

/** Every word must occur in one of the columns. */
export function searchIn(builder: Knex.QueryBuilder, columns: readonly string[], search: string): void {
  const words = foldWords(search)
    .split(/\s+/)
    .filter(word => word !== '')
  for (const word of words.slice(0, MAX_WORDS)) {
    builder.where(any => {
      for (const column of columns) any.orWhereRaw(`?? like ? escape '!'`, [column, `%${escapeLike(word)}%`])
    })
  }
}

export const escapeLike = (text: string): string => text.replace(/[!%_]/g, '!$&')

/** Adds the order of a query. The id decides between equals, so that pages do not overlap. */
export function orderItems(
  builder: Knex.QueryBuilder,
  query: Pick<ItemQuery, 'orderBy' | 'order' | 'include' | 'slugs' | 'search'>,
  dateColumn: string,
): void {
  const { orderBy, order } = query
  if (orderBy === 'include' && query.include) {
    orderByList(builder, 'id', query.include.map(Number))
    return
  }
  if (orderBy === 'include_slugs' && query.slugs) {
    orderByList(builder, 'slug', query.slugs.map(foldless))
    return
  }
  if (orderBy === 'relevance' && query.search !== undefined) {
    const like = `%${escapeLike(foldWords(query.search))}%`
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
