import type { Knex } from 'knex'
import type { Id, Media, MediaDraft, MediaItem, MediaQuery } from '../content/content.ts'
import type { Database } from '../database/database.ts'
import { insertedId } from '../database/dialect.ts'
import { filterShared, orderItems, searchIn } from './item-filters.ts'
import { definedColumns, searchable, storable, toDate, toInteger, toSeconds } from './item-row.ts'
import { isKey, toOffset } from './keys.ts'
import { unlessSlugTaken } from './slug-taken.ts'

interface MediaRow {
  id: number | string
  slug: string
  title: string
  alt_text: string
  caption: string
  description: string
  author: string | null
  parent: number | string | null
  date: number | string
  modified: number | string
  mime_type: string
  file_key: string
  url: string
  size: number | string
  width: number | null
  height: number | null
}

/** The rows of uploaded files. The files themselves are in a store. */
export function createMediaRows(database: Database): Omit<Media, 'store'> {
  const { knex, run, transaction } = database
  const table = database.table('content_media')

  async function find(id: Id, on: Knex = knex): Promise<MediaItem | null> {
    if (!isKey(id)) return null
    const row = await run(on<MediaRow>(table).where('id', Number(id)).first())
    return row ? toMedia(row as MediaRow) : null
  }

  function filter(builder: Knex.QueryBuilder, query: MediaQuery): void {
    filterShared(builder, query, 'date')
    if (query.search !== undefined) searchIn(builder, ['search'], query.search)
    if (query.mediaType !== undefined) builder.where('mime_type', 'like', `${query.mediaType.replace(/[^a-z]/g, '')}/%`)
    if (query.mimeType !== undefined) builder.where('mime_type', storable(query.mimeType))
  }

  return {
    find: id => find(id),
    async list(query) {
      const builder = knex(table).limit(query.limit).offset(toOffset(query.offset))
      filter(builder, query)
      orderItems(builder, query, 'date')
      const counted = knex(table)
      filter(counted, query)
      const [rows, [count]] = await Promise.all([run(builder) as Promise<MediaRow[]>, run(counted.count({ all: '*' }))])
      return { items: rows.map(toMedia), total: Number(count?.all ?? 0) }
    },
    async create(draft) {
      return unlessSlugTaken(() =>
        transaction(async on => {
          const modified = toSeconds(new Date())
          const search = searchOf(draft)
          const id = await insertedId(on, table, { ...columnsOf(draft), modified, search })
          return (await find(id, on)) as MediaItem
        }),
      )
    },
    async update(id, changes) {
      if (!isKey(id)) return null
      return unlessSlugTaken(() =>
        transaction(async on => {
          const before = await run(on<MediaRow>(table).where('id', Number(id)).forUpdate().first())
          if (!before) return null
          const search = searchOf({ ...toMedia(before as MediaRow), ...changes })
          await run(
            on(table)
              .where('id', Number(id))
              .update({ ...columnsOf(changes), modified: toSeconds(new Date()), search }),
          )
          return find(id, on)
        }),
      )
    },
    async delete(id) {
      if (!isKey(id)) return
      await transaction(async on => {
        await run(
          on(database.table('content_items')).where('featured_media', Number(id)).update({ featured_media: null }),
        )
        await run(on(table).where('id', Number(id)).delete())
      })
    },
  }
}

const searchOf = ({ title, altText, caption, description }: Partial<MediaDraft>) =>
  searchable([title, altText, caption, description].join(' '))

const toMedia = (row: MediaRow): MediaItem => ({
  id: Number(row.id),
  slug: row.slug,
  title: row.title,
  altText: row.alt_text,
  caption: row.caption,
  description: row.description,
  author: row.author,
  parent: row.parent === null ? null : Number(row.parent),
  date: toDate(row.date),
  modified: toDate(row.modified),
  mimeType: row.mime_type,
  key: row.file_key,
  url: row.url,
  size: Number(row.size),
  width: row.width,
  height: row.height,
})

function columnsOf(draft: Partial<MediaDraft>): Record<string, unknown> {
  const text = (value: string | undefined) => (value === undefined ? undefined : storable(value))
  return definedColumns({
    slug: text(draft.slug),
    title: text(draft.title),
    alt_text: text(draft.altText),
    caption: text(draft.caption),
    description: text(draft.description),
    author: draft.author === null || draft.author === undefined ? draft.author : String(draft.author),
    parent: draft.parent === null || draft.parent === undefined ? draft.parent : Number(draft.parent),
    date: draft.date && toSeconds(draft.date),
    mime_type: draft.mimeType,
    file_key: draft.key,
    url: draft.url,
    size: draft.size,
    width: draft.width && toInteger(draft.width),
    height: draft.height && toInteger(draft.height),
  })
}
