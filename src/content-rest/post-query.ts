import type { Id, ItemOrder } from '../content/content.ts'
import type { IdKind, Ids } from '../content/ids.ts'
import type { TaxonomyModel, TypeModel } from '../content/model.ts'
import type { PostListRequest } from '../content/post-rules.ts'
import type { Values } from '../rest/arguments.ts'
import { pageAsked } from './paging.ts'
import { defined, limitOf } from './read-values.ts'

/** No item has this id, so nothing matches a list of ids that belong to nothing. */
const NOTHING = 2 ** 31 - 1
const SEARCH_IN = { post_title: 'title', post_content: 'content', post_excerpt: 'excerpt' } as const

/** Returns the host's ids of a list that limits what matches; undefined for an empty list, which limits nothing. */
export async function idsIn(ids: Ids, kind: IdKind, values: Values, name: string): Promise<Id[] | undefined> {
  const numbers = values.numbers(name)
  if (numbers.length === 0) return undefined
  const found = await ids.find(kind, numbers)
  const known = numbers.flatMap(number => found.get(number) ?? [])
  return known.length > 0 ? known : [typeof [...found.values()][0] === 'string' ? 'none' : NOTHING]
}

/** Reads a list of items that a client asks for. */
export async function readPostQuery(
  ids: Ids,
  type: TypeModel,
  values: Values,
  timeZone: string,
): Promise<PostListRequest> {
  const { offset, limit } = pageAsked(values)
  const searchIn = values.list('search_columns').map(name => SEARCH_IN[name as keyof typeof SEARCH_IN])
  const [include, exclude, authors, notAuthors, parents, notParents, terms] = await Promise.all([
    idsIn(ids, 'item', values, 'include'),
    idsIn(ids, 'item', values, 'exclude'),
    idsIn(ids, 'user', values, 'author'),
    idsIn(ids, 'user', values, 'author_exclude'),
    idsIn(ids, 'item', values, 'parent'),
    idsIn(ids, 'item', values, 'parent_exclude'),
    readTerms(ids, type.taxonomyModels, values),
  ])
  const slugs = values.list('slug')
  const search = values.text('search')?.trim()
  return {
    ...defined({
      include,
      exclude,
      authors,
      notAuthors,
      parents,
      notParents,
      terms,
      after: limitOf(values, 'after', timeZone),
      before: limitOf(values, 'before', timeZone),
      modifiedAfter: limitOf(values, 'modified_after', timeZone),
      modifiedBefore: limitOf(values, 'modified_before', timeZone),
      menuOrder: values.number('menu_order'),
      sticky: values.boolean('sticky'),
      search: search === '' ? undefined : search,
      searchIn: searchIn.length > 0 ? searchIn : undefined,
      slugs: slugs.length > 0 ? slugs : undefined,
    }),
    statuses: values.list('status'),
    orderBy: (values.text('orderby') ?? 'date') as ItemOrder,
    order: values.text('order') === 'asc' ? 'asc' : 'desc',
    offset,
    limit,
  }
}

async function readTerms(ids: Ids, taxonomies: readonly TaxonomyModel[], values: Values) {
  const terms: Record<string, { in?: readonly Id[]; notIn?: readonly Id[]; all?: boolean }> = {}
  for (const { name, restBase } of taxonomies) {
    const wanted = await idsIn(ids, 'term', plain(values, restBase), restBase)
    const unwanted = await idsIn(ids, 'term', plain(values, `${restBase}_exclude`), `${restBase}_exclude`)
    const given = values.any(restBase) as { operator?: unknown } | undefined
    const all = typeof given === 'object' && given !== null && given.operator === 'AND'
    if (wanted || unwanted) terms[name] = defined({ in: wanted, notIn: unwanted, all: all || undefined })
  }
  return Object.keys(terms).length > 0 ? terms : undefined
}

/** Ids may be in the member `terms` of an object. */
function plain(values: Values, name: string): Values {
  const value = values.any(name)
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  return isObject ? values.with(name, (value as { terms?: unknown }).terms) : values
}
