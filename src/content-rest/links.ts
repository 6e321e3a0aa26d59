import type { Id, Item, MediaItem, Term } from '../content/content.ts'
import type { ContentRules } from '../content/content-rules.ts'
import type { TaxonomyModel, TypeModel } from '../content/model.ts'
import { statusOf } from '../content/post-rules.ts'
import type { Site } from '../site.ts'

/** Below this, an address gets no more segments. */
const MAX_DEPTH = 20

/** Reads many items or terms at once. */
type ReadMany<T> = (ids: readonly Id[]) => Promise<readonly T[]>

/**
 * Finds the slugs above each of these, from the top: one query for each level.
 *
 * @returns a function that returns the slugs of one of them, its own included
 */
async function pathsOf<T extends { id: Id; slug: string; parent?: Id | null }>(
  all: readonly T[],
  readMany: ReadMany<T>,
): Promise<(one: T) => string[]> {
  const known = new Map(all.map(each => [String(each.id), each]))
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const parents = [...known.values()].flatMap(({ parent }) => (parent && !known.has(String(parent)) ? [parent] : []))
    const missing = [...new Set(parents)]
    if (missing.length === 0) break
    const found = await readMany(missing.slice(0, 100))
    if (found.length === 0) break
    for (const each of found) known.set(String(each.id), each)
  }
  return one => {
    const slugs: string[] = []
    for (let at: T | undefined = one; at && slugs.length < MAX_DEPTH; at = known.get(String(at.parent ?? '')))
      slugs.unshift(encodeURIComponent(at.slug))
    return slugs
  }
}

/** Returns the function that gives an item its address, as WordPress makes it unless the host says otherwise. */
export async function itemLinks(
  site: Site,
  type: TypeModel,
  items: readonly Item[],
  now: Date,
): Promise<(item: Item, number: number) => string> {
  const readMany: ReadMany<Item> = async ids => {
    const statuses = ['publish', 'future', 'draft', 'pending', 'private'] as const
    const query = { now, statuses, include: ids, orderBy: 'id', order: 'asc', offset: 0, limit: ids.length } as const
    return (await type.list(query)).items
  }
  const isPublic = (item: Item) => statusOf(item, now) === 'publish' || item.status === 'private'
  const needPath = type.hierarchical ? items.filter(item => item.link === undefined && isPublic(item)) : []
  const pathOf = await pathsOf(needPath, readMany)
  return (item, number) => {
    if (item.link !== undefined) return item.link
    if (!isPublic(item) || item.slug === '') return `${site.url}/${plainQuery(type, number)}`
    const path = type.hierarchical ? pathOf(item).join('/') : encodeURIComponent(item.slug)
    return type.name === 'post' || type.name === 'page' ? `${site.url}/${path}/` : `${site.url}/${type.name}/${path}/`
  }
}

/** The address that an item has whatever its slug. */
export function plainQuery(type: TypeModel, number: number): string {
  if (type.name === 'post') return `?p=${number}`
  return type.name === 'page' ? `?page_id=${number}` : `?post_type=${type.name}&p=${number}`
}

/** Returns the function that gives a term its address. */
export async function termLinks(
  site: Site,
  taxonomy: TaxonomyModel,
  terms: readonly Term[],
): Promise<(term: Term) => string> {
  const readMany: ReadMany<Term> = async ids => {
    const query = { include: ids, orderBy: 'id', order: 'asc', offset: 0, limit: ids.length } as const
    return (await taxonomy.list(query)).items
  }
  const needPath = taxonomy.hierarchical ? terms.filter(term => term.link === undefined) : []
  const pathOf = await pathsOf(needPath, readMany)
  const base = taxonomy.name === 'post_tag' ? 'tag' : taxonomy.name
  return term =>
    term.link ??
    `${site.url}/${base}/${taxonomy.hierarchical ? pathOf(term).join('/') : encodeURIComponent(term.slug)}/`
}

/** The address of a file, which a store may give as a path below the site. */
export const fileUrl = (site: Site, { url }: Pick<MediaItem, 'url'>): string =>
  url.startsWith('/') ? site.url + url : url

export type Refs = Parameters<ContentRules['ids']['number']>[0][number][]
