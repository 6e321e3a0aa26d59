import type { Knex } from 'knex'
import type { Found, Item, ItemQuery } from '../content/content.ts'
import type { Database } from '../database/database.ts'
import type { createCounts } from './counts.ts'
import { type Branch, filterItems, orderItems, statusBranches } from './item-filters.ts'
import { toOffset } from './keys.ts'

/**
 * Lists the items of a type: first the ids of the page, from an index if there is one, then the whole items. So a list does
 * not read the texts of the items that it skips or sorts.
 */
export function createItemPages(
  { knex, run, table }: Database,
  type: string,
  counts: ReturnType<typeof createCounts>,
  load: (ids: readonly number[]) => Promise<Item[]>,
) {
  const [items, joins, texts] = [table('content_items'), table('content_item_terms'), table('content_texts')]

  /** The items that match, in one of these statuses. */
  function matching(query: ItemQuery, branches: readonly Branch[]): Knex.QueryBuilder {
    const builder = knex(items)
    if (query.search !== undefined) builder.join(texts, `${texts}.item_id`, `${items}.id`)
    filterItems(builder, type, query, joins)
    if (branches.length === 1) return builder.modify(branches[0] as Branch)
    return builder.where(any => {
      for (const branch of branches) any.orWhere(one => void branch(one))
    })
  }

  function onePage(query: ItemQuery): Knex.QueryBuilder {
    const builder = matching(query, statusBranches(query)).limit(query.limit).offset(toOffset(query.offset))
    orderItems(builder, query, 'sort_date')
    return builder
  }

  function pageOf(query: ItemQuery): Knex.QueryBuilder {
    const { orderBy, order, limit } = query
    const offset = toOffset(query.offset)
    const branches = statusBranches(query)
    const column = orderBy === 'date' ? 'sort_date' : orderBy === 'modified' ? 'modified' : null
    if (branches.length === 1 || column === null) return onePage(query)
    // Each status has its own index, in the wanted order. With `or`, a database would read and sort all items.
    const byTime = (time: string) => [
      { column: time, order },
      { column: 'id', order },
    ]
    const [first, ...others] = branches.map(branch => {
      const newest = matching(query, [branch]).select('id', { time: column }).orderBy(byTime(column))
      return knex.select('id', 'time').from(newest.limit(offset + limit).as('branch'))
    })
    const all = (first as Knex.QueryBuilder).unionAll(others)
    return knex.from(all.as('page')).orderBy(byTime('time')).limit(limit).offset(offset)
  }

  async function totalOf(query: ItemQuery): Promise<number> {
    const counted = await counts.of(query)
    if (counted !== null) return counted
    const [row] = await run(matching(query, statusBranches(query)).count({ all: '*' }))
    return Number(row?.all ?? 0)
  }

  /** A search reads all texts, so it finds the page and counts in one pass. */
  async function search(query: ItemQuery): Promise<{ ids: Ids; total: number }> {
    const builder = onePage(query).select('id', { total: knex.raw('count(*) over ()') })
    const rows: ({ total: number | string } & Ids[number])[] = await run(builder)
    const total = rows[0]?.total ?? (query.offset > 0 ? await totalOf(query) : 0)
    return { ids: rows, total: Number(total) }
  }

  async function find(query: ItemQuery): Promise<{ ids: Ids; total: number }> {
    const [ids, total] = await Promise.all([run(pageOf(query).select('id')) as Promise<Ids>, totalOf(query)])
    return { ids, total }
  }

  return async (query: ItemQuery): Promise<Found<Item>> => {
    const { ids, total } = await (query.search === undefined ? find(query) : search(query))
    return { items: await load(ids.map(({ id }) => Number(id))), total }
  }
}

type Ids = readonly { id: number | string }[]
