import type { Knex } from 'knex'
import type { Id, Taxonomy, Term, TermDraft, TermQuery } from '../content/content.ts'
import type { Database } from '../database/database.ts'
import { insertedId, isUniqueViolation } from '../database/dialect.ts'
import { ConnectError } from '../errors.ts'
import { escapeLike } from './item-filters.ts'
import { foldWords, storable, toSeconds } from './item-row.ts'

interface TermRow {
  id: number | string
  name: string
  slug: string
  description: string
  parent: number | string | null
  uses: number | string
}

/** WordPress's default category, which an item without one gets. */
const DEFAULT = { taxonomy: 'category', slug: 'uncategorized' }

/** The terms of a taxonomy in the package's own tables. */
export function createTermRows(database: Database, taxonomy: string): Taxonomy {
  const { knex, run, transaction } = database
  const [terms, joins, items] = ['content_terms', 'content_item_terms', 'content_items'].map(database.table) as [
    string,
    string,
    string,
  ]

  /** How many published items have the term. */
  const uses = (on: Knex) =>
    on(joins)
      .join(items, `${items}.id`, `${joins}.item_id`)
      .where(`${joins}.term_id`, on.ref(`${terms}.id`))
      .where(`${items}.status`, 'publish')
      .where(`${items}.sort_date`, '<=', toSeconds(new Date()))
      .count()

  const select = (on: Knex) =>
    on(terms)
      .where(`${terms}.taxonomy`, taxonomy)
      .select('id', 'name', 'slug', 'description', 'parent', uses(on).as('uses') as unknown as string)

  async function find(id: Id, on: Knex = knex): Promise<Term | null> {
    if (!Number.isSafeInteger(Number(id))) return null
    const row: TermRow | undefined = await run(select(on).where('id', Number(id)).first())
    return row ? toTerm(row) : null
  }

  async function unlessTaken<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write()
    } catch (error) {
      throw isUniqueViolation(error) ? new ConnectError('slug_exists') : error
    }
  }

  function filter(builder: Knex.QueryBuilder, query: TermQuery): void {
    const numbers = (ids: readonly Id[]) => ids.map(Number).filter(Number.isSafeInteger)
    if (query.search !== undefined) {
      const like = `%${escapeLike(foldWords(query.search))}%`
      builder.where(any => {
        any.orWhereRaw(`name_key like ? escape '!'`, [like]).orWhereRaw(`slug like ? escape '!'`, [like])
      })
    }
    if (query.name !== undefined) builder.where('name_key', foldWords(query.name))
    if (query.include) builder.whereIn('id', numbers(query.include))
    if (query.exclude?.length) builder.whereNotIn('id', numbers(query.exclude))
    if (query.slugs) builder.whereIn('slug', query.slugs.map(storable))
    if (query.parent === null) builder.whereNull('parent')
    else if (query.parent !== undefined) builder.where('parent', Number(query.parent))
    if (query.item !== undefined)
      builder.whereIn('id', knex(joins).where('item_id', Number(query.item)).select('term_id'))
    if (query.used) {
      const used = knex(joins)
        .join(items, `${items}.id`, `${joins}.item_id`)
        .where(`${items}.status`, 'publish')
        .where(`${items}.sort_date`, '<=', toSeconds(new Date()))
      builder.whereIn('id', used.select(`${joins}.term_id`))
    }
  }

  function order(builder: Knex.QueryBuilder, { orderBy, order, include, slugs }: TermQuery): void {
    const list = orderBy === 'include' ? include?.map(Number) : orderBy === 'include_slugs' ? slugs : undefined
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
      const builder = select(knex).limit(query.limit).offset(query.offset)
      filter(builder, query)
      order(builder, query)
      const counted = knex(terms).where({ taxonomy })
      filter(counted, query)
      const [rows, [count]] = await Promise.all([run(builder) as Promise<TermRow[]>, run(counted.count({ all: '*' }))])
      return { items: rows.map(toTerm), total: Number(count?.all ?? 0) }
    },
    async create(draft) {
      return unlessTaken(() =>
        transaction(async on => {
          const id = await insertedId(on, terms, { taxonomy, ...columnsOf(draft) })
          return (await find(id, on)) as Term
        }),
      )
    },
    async update(id, changes) {
      return unlessTaken(() =>
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
    ...(name !== undefined && { name: storable(name), name_key: foldWords(name).slice(0, 200) }),
    ...(slug !== undefined && { slug: storable(slug) }),
    ...(description !== undefined && { description: storable(description) }),
    ...(parent !== undefined && { parent: parent === null ? null : Number(parent) }),
  }
}
