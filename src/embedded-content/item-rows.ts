import type { Knex } from 'knex'
import type { ContentType, Id, Item } from '../content/content.ts'
import type { Database } from '../database/database.ts'
import { insertedId, isUniqueViolation } from '../database/dialect.ts'
import { type CountKey, createCounts } from './counts.ts'
import { createItemPages } from './item-pages.ts'
import { columnsOf, type ItemRow, textColumnsOf, toItem, toSeconds } from './item-row.ts'
import { createItemTerms } from './item-terms.ts'
import { isKey } from './keys.ts'
import { unlessSlugTaken } from './slug-taken.ts'

/** How often a deletion looks for free slugs of the children again, if others take them meanwhile. */
const MAX_TRIES = 5

/** The items of a type in the package's own tables. */
export function createItemRows(database: Database, type: string, hierarchical: boolean): ContentType {
  const { knex, run, transaction } = database
  const [items, texts] = [database.table('content_items'), database.table('content_texts')]
  const counts = createCounts(database, type)
  const itemTerms = createItemTerms(database)

  /** Reads whole items, in the order of their ids. */
  async function load(ids: readonly number[], on: Knex = knex): Promise<Item[]> {
    if (ids.length === 0) return []
    const readRows = () =>
      run(
        on(items).join(texts, `${texts}.item_id`, `${items}.id`).where({ type }).whereIn('id', ids).select(COLUMNS),
      ) as Promise<ItemRow[]>
    const readTerms = () => itemTerms.of(ids, on)
    // A transaction has one connection, which takes one statement at a time.
    const [found, terms] =
      on === knex ? await Promise.all([readRows(), readTerms()]) : [await readRows(), await readTerms()]
    const byId = new Map(found.map(row => [Number(row.id), row]))
    return ids.flatMap(id => {
      const row = byId.get(id)
      return row ? [toItem(row, terms.get(id) ?? {})] : []
    })
  }

  async function find(id: number, on: Knex = knex): Promise<Item | null> {
    const [item = null] = await load([id], on)
    return item
  }

  /** Reads the row and locks it until the end of the transaction. */
  const lock = (id: number, on: Knex): Promise<LockedRow | undefined> =>
    run(on(items).where({ id, type }).forUpdate().first('status', 'slug', 'author', 'date', 'parent'))

  /** The unique value of a slug: of pages, in the place below their parent. */
  const slugKey = (slug: string, parent: Id | null | undefined) =>
    slug === '' ? null : `${type}:${hierarchical ? (parent ?? 0) : ''}:${slug}`

  return {
    find: async id => (isKey(id) ? find(Number(id)) : null),
    list: createItemPages(database, type, counts, load),
    async create(draft) {
      const now = toSeconds(new Date())
      const columns = columnsOf(draft)
      const row = {
        ...columns,
        type,
        slug_key: slugKey(draft.slug, draft.parent),
        modified: now,
        sort_date: draft.date ? toSeconds(draft.date) : now,
      }
      return unlessSlugTaken(() =>
        transaction(async on => {
          const id = await insertedId(on, items, row)
          await run(on(texts).insert({ item_id: id, ...textColumnsOf(draft) }))
          await itemTerms.change(
            { id, wasCounted: false, isCounted: draft.status === 'publish', terms: draft.terms },
            on,
          )
          const item = (await find(id, on)) as Item
          // Last, because others who create something wait for it.
          await counts.add(keyOf(item), 1, on)
          return item
        }),
      )
    },
    async update(key, changes) {
      if (!isKey(key)) return null
      const id = Number(key)
      return unlessSlugTaken(() =>
        transaction(async on => {
          const before = await lock(id, on)
          if (!before) return null
          const modified = toSeconds(new Date())
          const date = changes.date === undefined ? before.date : changes.date && toSeconds(changes.date)
          const isMoved = changes.slug !== undefined || changes.parent !== undefined
          const parent = changes.parent === undefined ? before.parent : changes.parent
          await run(
            on(items)
              .where({ id })
              .update({
                ...columnsOf(changes),
                modified,
                sort_date: date ?? modified,
                ...(isMoved && { slug_key: slugKey(changes.slug ?? before.slug, parent) }),
              }),
          )
          const textColumns = textColumnsOf(changes)
          if (Object.keys(textColumns).length > 0) await run(on(texts).where('item_id', id).update(textColumns))
          const isCounted = (changes.status ?? before.status) === 'publish'
          const { terms = {} } = changes
          await itemTerms.change({ id, wasCounted: before.status === 'publish', isCounted, terms }, on)
          const item = (await find(id, on)) as Item
          await counts.move(before, keyOf(item), on)
          return item
        }),
      )
    },
    async delete(key) {
      if (!isKey(key)) return
      const id = Number(key)
      for (let attempt = 1; ; attempt++) {
        try {
          return await transaction(on => remove(id, on))
        } catch (error) {
          if (attempt === MAX_TRIES || !isUniqueViolation(error)) throw error
        }
      }
    },
    authors: () => counts.authors(new Date()),
  }

  async function remove(id: number, on: Knex): Promise<void> {
    const row = await lock(id, on)
    if (!row) return
    await run(on(texts).where('item_id', id).delete())
    await run(on(items).where({ id }).delete())
    await liftChildren(id, row.parent, on)
    // Terms after items, as in a change, so that the two do not wait for each other.
    await itemTerms.change({ id, wasCounted: row.status === 'publish', isCounted: false, terms: null }, on)
    await run(on(database.table('content_media')).where('parent', id).update({ parent: null }))
    await counts.add(row, -1, on)
  }

  /** As in WordPress, pages below a deleted one move up. A page that has their slug there already keeps it. */
  async function liftChildren(id: number, parent: ItemRow['parent'], on: Knex): Promise<void> {
    if (!hierarchical) return
    const children: Pick<ItemRow, 'id' | 'slug'>[] = await run(
      on(items).where({ parent: id, type }).orderBy('id').select('id', 'slug'),
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

type LockedRow = Pick<ItemRow, 'status' | 'slug' | 'author' | 'date' | 'parent'>

/** The columns of an item; those for the search stay in the database. */
const COLUMNS = [
  ...['id', 'type', 'status', 'slug', 'title', 'content', 'excerpt', 'author', 'date', 'modified', 'parent'],
  ...['menu_order', 'password', 'sticky', 'format', 'comment_status', 'ping_status', 'template', 'featured_media'],
]

const keyOf = ({ status, author }: Item): CountKey => ({ status, author: author === null ? null : String(author) })
