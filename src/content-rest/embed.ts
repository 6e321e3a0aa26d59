import { ANYBODY } from '../content/caller.ts'
import type { Id, Item } from '../content/content.ts'
import type { TypeModel } from '../content/model.ts'
import { readQuery } from '../http/query.ts'
import type { RestRequest } from '../rest/route.ts'
import type { User } from '../users/user.ts'
import { presentAuthor } from './present-author.ts'
import { presentMedia } from './present-media.ts'
import { type PresentPostParts, presentPosts } from './present-post.ts'
import { presentTerms } from './present-term.ts'

/**
 * Adds `_embedded`, if the request asks for it: what the embeddable links of each item lead to. A list takes one query for
 * each kind of link.
 *
 * @param bodies the presented items, in the same order
 */
export async function embedInto(
  parts: PresentPostParts,
  { ctx }: RestRequest,
  type: TypeModel,
  items: readonly Item[],
  bodies: object[],
): Promise<void> {
  const asked = readQuery(ctx).get('_embed') ?? readQuery(ctx).get('_embed[]')
  if (asked === undefined) return
  const names = asked.split(',').filter(name => name !== '' && name !== '1' && name !== 'true')
  const wants = (name: string) => names.length === 0 || names.includes(name)

  const authors = wants('author') ? await authorsOf(parts, items) : null
  const media = wants('wp:featuredmedia') ? await mediaOf(parts, items) : null
  const terms = wants('wp:term') ? await termsOf(parts, type, items) : null
  const parents = wants('up') && type.hierarchical ? await parentsOf(parts, type, items) : null

  for (const [at, item] of items.entries()) {
    const author = authors?.get(String(item.author))
    const featured = media?.get(String(item.featuredMedia))
    const parent = parents?.get(String(item.parent))
    const embedded = {
      ...(author && { author: [author] }),
      ...(parent && { up: [parent] }),
      ...(featured && { 'wp:featuredmedia': [featured] }),
      ...(terms && type.taxonomyModels.length > 0 && { 'wp:term': terms(item) }),
    }
    if (Object.keys(embedded).length > 0) Object.assign(bodies[at] ?? {}, { _embedded: embedded })
  }
}

type ById = Map<string, object>

const distinct = (ids: readonly (Id | null | undefined)[]): Id[] => [
  ...new Map(ids.flatMap(id => (id === null || id === undefined ? [] : [[String(id), id] as const]))).values(),
]

const together = <T>(ids: readonly T[]) =>
  ({ include: ids, orderBy: 'id', order: 'asc', offset: 0, limit: 100 }) as const

async function authorsOf({ site, rules }: PresentPostParts, items: readonly Item[]): Promise<ById> {
  const ids = distinct(items.map(({ author }) => author)).map(String)
  const users = (await Promise.all(ids.map(id => rules.users.find(id)))).filter((user): user is User => user !== null)
  const numberOf = await rules.ids.number(users.map(({ id }) => ({ kind: 'user', id })))
  return new Map(
    users.map(user => [String(user.id), presentAuthor(site, rules.users, user, numberOf('user', user.id), 'embed')]),
  )
}

async function mediaOf({ site, rules }: PresentPostParts, posts: readonly Item[]): Promise<ById> {
  const ids = distinct(posts.map(({ featuredMedia }) => featuredMedia))
  if (ids.length === 0 || !rules.content.media) return new Map()
  const { items } = await rules.content.media.list(together(ids))
  const found = await rules.media.readable(ANYBODY, items)
  const presented = await presentMedia(site, rules, found, 'embed')
  return new Map(found.map(({ id }, at) => [String(id), presented[at] ?? {}]))
}

async function termsOf({ site, rules }: PresentPostParts, type: TypeModel, items: readonly Item[]) {
  const perTaxonomy = await Promise.all(
    type.taxonomyModels.map(async taxonomy => {
      const ids = distinct(items.flatMap(item => item.terms?.[taxonomy.name] ?? []))
      const found = ids.length === 0 ? [] : (await taxonomy.list({ ...together(ids), limit: ids.length })).items
      const presented = await presentTerms(site, rules, taxonomy, found, 'embed')
      const byId: ById = new Map(found.map(({ id }, at) => [String(id), presented[at] ?? {}]))
      return (item: Item) => (item.terms?.[taxonomy.name] ?? []).flatMap(id => byId.get(String(id)) ?? [])
    }),
  )
  return (item: Item) => perTaxonomy.map(ofItem => ofItem(item))
}

async function parentsOf(parts: PresentPostParts, type: TypeModel, items: readonly Item[]): Promise<ById> {
  const ids = distinct(items.map(({ parent }) => parent))
  if (ids.length === 0) return new Map()
  const query = { ...together(ids), now: parts.rules.now(), statuses: ['publish' as const] }
  const { items: found } = await type.list(query)
  const presented = await presentPosts(parts, type, found, { context: 'embed', isOpen: () => false })
  return new Map(found.map(({ id }, at) => [String(id), presented[at] ?? {}]))
}
