import type { Knex } from 'knex'
import type { ContentType, Found, Id, Item, ItemDraft, ItemQuery } from '../content/content.ts'
import type { Database } from '../database/database.ts'
import { insertedId, isUniqueViolation } from '../database/dialect.ts'
import { ConnectError } from '../errors.ts'
import { createCounts } from './counts.ts'
import { filterItems, orderItems } from './item-filters.ts'
import { columnsOf, ITEM_COLUMNS, type ItemRow, toItem, toSeconds } from './item-row.ts'

/** The ids of the authors of published items, at most. */
const MAX_AUTHORS = 1000

/** The items of a type in the package's own tables. */
export function createItemRows(database: Database, type: string, hierarchical: boolean): ContentType {
  const { knex, run, transaction } = database
  const [items, joins, terms] = ['content_items', 'content_item_terms', 'content_terms'].map(database.table) as [
    string,
    string,
    string,
  ]
  const counts = createCounts(database)

  async function withTerms(rows: readonly ItemRow[], on: Knex): Promise<Item[]> {
    const byItem = new Map<string, Record<string, number[]>>()
    if (rows.length > 0) {
      const ids = rows.map(({ id }) => Number(id))
      const joined = await run(
        on(joins)
          .join(terms, `${terms}.id`, `${joins}.term_id`)
          .whereIn(`${joins}.item_id`, ids)
          .orderBy(`${joins}.term_id`)
          .select({ item: `${joins}.item_id`, term: `${joins}.term_id`, taxonomy: `${terms}.taxonomy` }),
      )
      for (const { item, term, taxonomy } of joined) {
        const own = byItem.get(String(item)) ?? {}
        byItem.set(String(item), { ...own, [taxonomy]: [...(own[taxonomy] ?? []), Number(term)] })
      }
    }
    return rows.map(row => toItem(row, byItem.get(String(row.id)) ?? {}))
  }

  async function find(id: Id, on: Knex = knex): Promise<Item | null> {
    if (!Number.isSafeInteger(Number(id))) return null
    const row: ItemRow | undefined = await run(
      on(items)
        .where({ id: Number(id), type })
        .first(ITEM_COLUMNS),
    )
    const [item = null] = row ? await withTerms([row], on) : []
    return item
  }

  /** The unique value of a slug: of pages, in the place below their parent. */
  const slugKey = (slug: string, parent: Id | null | undefined) =>
    slug === '' ? null : `${type}:${hierarchical ? (parent ?? 0) : ''}:${slug}`

  async function setTerms(id: number, given: ItemDraft['terms'], on: Knex): Promise<void> {
    for (const [taxonomy, ids] of Object.entries(given)) {
      const ofTaxonomy = on(terms).where({ taxonomy }).select('id')
      await run(on(joins).where('item_id', id).whereIn('term_id', ofTaxonomy).delete())
      const rows = [...new Set(ids)].map(term => ({ item_id: id, term_id: Number(term) }))
      if (rows.length > 0) await run(on(joins).insert(rows))
    }
  }

  async function unlessTaken<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write()
    } catch (error) {
      throw isUniqueViolation(error) ? new ConnectError('slug_exists') : error
    }
  }

  async function countOf(query: ItemQuery): Promise<number> {
    const { now, statuses, orderBy: _by, order: _order, offset: _offset, limit: _limit, ...filters } = query
    const [only] = statuses
    const isPlain = statuses.length === 1 && only !== undefined && Object.keys(filters).length === 0
    if (isPlain && only !== 'future') {
      const all = await counts.of(type, only)
      return only === 'publish' && all > 0 ? all - (await scheduled(now)) : all
    }
    const builder = knex(items)
    filterItems(builder, type, query, joins)
    const [row] = await run(builder.count({ all: '*' }))
    return Number(row?.all ?? 0)
  }

  async function scheduled(now: Date): Promise<number> {
    const later = knex(items).where({ type, status: 'publish' }).where('sort_date', '>', toSeconds(now))
    const [row] = await run(later.count({ all: '*' }))
    return Number(row?.all ?? 0)
  }

  return {
    find: id => find(id),
    async list(query): Promise<Found<Item>> {
      const builder = knex(items).select(ITEM_COLUMNS).limit(query.limit).offset(query.offset)
      filterItems(builder, type, query, joins)
      orderItems(builder, query, 'sort_date')
      const [rows, total] = await Promise.all([run(builder) as Promise<ItemRow[]>, countOf(query)])
      return { items: await withTerms(rows, knex), total }
    },
    async create(draft) {
      const now = toSeconds(new Date())
      const row = {
        ...columnsOf(draft),
        type,
        slug_key: slugKey(draft.slug, draft.parent),
        modified: now,
        sort_date: draft.date ? toSeconds(draft.date) : now,
      }
      return unlessTaken(() =>
        transaction(async on => {
          const id = await insertedId(on, items, row)
          await setTerms(id, draft.terms, on)
          await counts.add(type, draft.status, 1, on)
          return (await find(id, on)) as Item
        }),
      )
    },
    async update(id, changes) {
      return unlessTaken(() =>
        transaction(async on => {
          const before: ItemRow | undefined = await run(
            on(items)
              .where({ id: Number(id), type })
              .forUpdate()
              .first(ITEM_COLUMNS),
          )
          if (!before) return null
          const modified = toSeconds(new Date())
          const date = changes.date === undefined ? before.date : changes.date && toSeconds(changes.date)
          const isMoved = changes.slug !== undefined || changes.parent !== undefined
          await run(
            on(items)
              .where({ id: Number(id) })
              .update({
                ...columnsOf(changes),
                modified,
                sort_date: date ?? modified,
                ...(isMoved && { slug_key: slugKey(changes.slug ?? before.slug, changes.parent ?? before.parent) }),
              }),
          )
          await setTerms(Number(id), changes.terms ?? {}, on)
          if (changes.status) await counts.move(type, before.status, changes.status, on)
          return find(id, on)
        }),
      )
    },
    async delete(id) {
      await transaction(async on => {
        const row: ItemRow | undefined = await run(
          on(items)
            .where({ id: Number(id), type })
            .forUpdate()
            .first(ITEM_COLUMNS),
        )
        if (!row) return
        await run(on(joins).where('item_id', Number(id)).delete())
        await run(on(items).where('id', Number(id)).delete())
        await liftChildren(Number(id), row.parent, on)
        await run(on(database.table('content_media')).where('parent', Number(id)).update({ parent: null }))
        await counts.add(type, row.status, -1, on)
      })
    },
    async authors() {
      const rows = await run(
        knex(items)
          .where({ type, status: 'publish' })
          .where('sort_date', '<=', toSeconds(new Date()))
          .whereNotNull('author')
          .distinct('author')
          .orderBy('author')
          .limit(MAX_AUTHORS),
      )
      return rows.map(({ author }) => String(author))
    },
  }

  /** As in WordPress, pages below a deleted one move up. A page that has their slug there already keeps it. */
  async function liftChildren(id: number, parent: ItemRow['parent'], on: Knex): Promise<void> {
    if (!hierarchical) return
    const children: Pick<ItemRow, 'id' | 'slug'>[] = await run(
      on(items).where({ parent: id, type }).select('id', 'slug'),
    )
    for (const child of children) {
      const free = await freeSlug(child.slug, parent, on)
      const columns = { parent, slug: free, slug_key: slugKey(free, parent) }
      await run(on(items).where('id', child.id).update(columns))
    }
  }

  async function freeSlug(slug: string, parent: ItemRow['parent'], on: Knex): Promise<string> {
    for (let number = 1; ; number++) {
      const wanted = number === 1 || slug === '' ? slug : `${slug.slice(0, 190)}-${number}`
      const key = slugKey(wanted, parent)
      if (key === null || !(await run(on(items).where('slug_key', key).first('id')))) return wanted
    }
  }
}
