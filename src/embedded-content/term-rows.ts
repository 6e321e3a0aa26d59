import type { Knex } from 'knex'
import type { Id, Taxonomy, Term, TermDraft, TermQuery } from '../content/content.ts'
import type { Database } from '../database/database.ts'
import { insertedId } from '../database/dialect.ts'
import { ConnectError } from '../errors.ts'
import { escapeLike, foldSearch } from './item-filters.ts'
import { foldWords, storable, toSeconds } from './item-row.ts'
import { isKey, toKeys, toOffset } from './keys.ts'
import { unlessSlugTaken } from './slug-taken.ts'

interface TermRow {
  id: number | string
  name: string
  slug: string
  description: string
  parent: number | string | null
  uses: number | string
}

/** The types that have terms. */
const ITEM_TYPES = ['post', 'page']
/** How many published items a term has. */
const USES = 'items - coalesce(later, 0)'

/** A name as it is compared. */
const nameKey = (name: string) => foldWords(name).slice(0, 200).toWellFormed()

/** WordPress's default category, which an item without one gets. */
const DEFAULT = { taxonomy: 'category', slug: 'uncategorized' }

/** The terms of a taxonomy in the package's own tables. */
export function createTermRows(database: Database, taxonomy: string): Taxonomy {
  const { knex, run, transaction } = database
  const [terms, joins, items] = [
    database.table('content_terms'),
    database.table('content_item_terms'),
    database.table('content_items'),
  ]

  /** Joins how many scheduled items each term has: its count includes them. They are few, and an index finds them. */
  function withLater(builder: Knex.QueryBuilder, on: Knex): Knex.QueryBuilder {
    const later = on(items)
      .join(joins, `${items}.id`, `${joins}.item_id`)
      .whereIn(`${items}.type`, ITEM_TYPES)
      .where(`${items}.status`, 'publish')
      .where(`${items}.sort_date`, '>', toSeconds(new Date()))
      .groupBy('term_id')
      .select('term_id')
      .count({ later: '*' })
    return builder.leftJoin(later.as('scheduled'), 'term_id', `${terms}.id`).where({ taxonomy })
  }

  const select = (on: Knex) =>
    withLater(on(terms), on).select('id', 'name', 'slug', 'description', 'parent', { uses: on.raw(USES) })

  async function find(id: Id, on: Knex = knex): Promise<Term | null> {
    if (!isKey(id)) return null
    const row: TermRow | undefined = await run(select(on).where('id', Number(id)).first())
    return row ? toTerm(row) : null
  }

  function filter(builder: Knex.QueryBuilder, query: TermQuery): void {
    if (query.search !== undefined) {
      const like = `%${escapeLike(foldSearch(query.search))}%`
      builder.where(any => {
        any.orWhereRaw(`name_key like ? escape '!'`, [like]).orWhereRaw(`slug like ? escape '!'`, [like])
      })
    }
    if (query.name !== undefined) builder.where('name_key', nameKey(query.name))
    if (query.include) builder.whereIn('id', toKeys(query.include))
    if (query.exclude?.length) builder.whereNotIn('id', toKeys(query.exclude))
    if (query.slugs) builder.whereIn('slug', query.slugs.map(storable))
    if (query.parent === null) builder.whereNull('parent')
    else if (query.parent !== undefined) builder.whereIn('parent', toKeys([query.parent]))
    if (query.item !== undefined)
      builder.whereIn(
        'id',
        knex(joins)
          .whereIn('item_id', toKeys([query.item]))
          .select('term_id'),
      )
    if (query.used) builder.whereRaw(`${USES} > 0`)
  }

  function order(builder: Knex.QueryBuilder, { orderBy, order, include, slugs }: TermQuery): void {
    const list =
      orderBy === 'include'
        ? include && toKeys(include)
        : orderBy === 'include_slugs'
          ? slugs?.map(storable)
          : undefined
    if (list && list.length > 0) {
      const column = orderBy === 'include' ? 'id' : 'slug'
      const cases = list.map((_value, at) => `when ?? = ? then ${at}`).join(' ')
      builder.orderByRaw(
        `case ${cases} else ${list.length} end`,
        list.flatMap(value => [column, value]),
      )
      return
    }
    const columns: Partial<Record<TermQuery['orderBy'], string>> = {
      id: 'id',
      slug: 'slug',
      count: 'uses',
      description: 'description',
    }
    const column = columns[orderBy] ?? 'name_key'
    builder.orderBy(
      column === 'id'
        ? [{ column, order }]
        : [
            { column, order },
            { column: 'id', order },
          ],
    )
  }

  return {
    find: id => find(id),
    async list(query) {
      const builder = select(knex).limit(query.limit).offset(toOffset(query.offset))
      filter(builder, query)
      order(builder, query)
      const counted = query.used ? withLater(knex(terms), knex) : knex(terms).where({ taxonomy })
      filter(counted, query)
      const [rows, [count]] = await Promise.all([run(builder) as Promise<TermRow[]>, run(counted.count({ all: '*' }))])
      return { items: rows.map(toTerm), total: Number(count?.all ?? 0) }
    },
    async create(draft) {
      return unlessSlugTaken(() =>
        transaction(async on => {
          const id = await insertedId(on, terms, { taxonomy, ...columnsOf(draft) })
          return (await find(id, on)) as Term
        }),
      )
    },
    async update(id, changes) {
      if (!isKey(id)) return null
      return unlessSlugTaken(() =>
        transaction(async on => {
          const columns = columnsOf(changes)
          if (Object.keys(columns).length > 0)
            await run(
              on(terms)
                .where({ id: Number(id), taxonomy })
                .update(columns),
            )
          return find(id, on)
        }),
      )
    },
    async delete(id) {
      if (!isKey(id)) return
      await transaction(async on => {
        const row: (TermRow & { taxonomy: string }) | undefined = await run(
          on(terms)
            .where({ id: Number(id), taxonomy })
            .forUpdate()
            .first(),
        )
        if (!row) return
        if (taxonomy === DEFAULT.taxonomy && row.slug === DEFAULT.slug) throw new ConnectError('rest_cannot_delete')
        await run(on(joins).where('term_id', Number(id)).delete())
        await run(on(terms).where('parent', Number(id)).update({ parent: row.parent }))
        await run(on(terms).where('id', Number(id)).delete())
      })
    },
    async defaultTerm() {
      if (taxonomy !== DEFAULT.taxonomy) return null
      const row = await run(knex(terms).where(DEFAULT).first('id'))
      return row ? Number(row.id) : null
    },
  }
}

const toTerm = (row: TermRow): Term => ({
  id: Number(row.id),
  name: row.name,
  slug: row.slug,
  description: row.description,
  parent: row.parent === null ? null : Number(row.parent),
  count: Number(row.uses),
})

function columnsOf({ name, slug, description, parent }: Partial<TermDraft>) {
  return {
    ...(name !== undefined && { name: storable(name), name_key: nameKey(name) }),
    ...(slug !== undefined && { slug: storable(slug) }),
    ...(description !== undefined && { description: storable(description) }),
    ...(parent !== undefined && { parent: parent === null ? null : Number(parent) }),
  }
}
