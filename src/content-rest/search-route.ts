import type { Item } from '../content/content.ts'
import type { ContentRules } from '../content/content-rules.ts'
import type { TypeModel } from '../content/model.ts'
import { CONTEXT } from '../rest/arguments.ts'
import type { RestRoute } from '../rest/route.ts'
import { restUrl } from '../rest/url.ts'
import type { Site } from '../site.ts'
import { itemLinks } from './links.ts'
import { PAGING, pageAsked, pageHeaders } from './paging.ts'

const ROUTE = '/wp/v2/search'

/** Searches what is published, in all types or in one. */
export function searchRoute(site: Site, rules: ContentRules): RestRoute {
  const names = rules.types.map(({ name }) => name)
  return {
    route: ROUTE,
    endpoints: [
      {
        methods: ['GET'],
        args: {
          context: { ...CONTEXT, enum: ['view', 'embed'] },
          ...PAGING,
          type: { type: 'string', default: 'post', enum: ['post'] },
          subtype: { type: 'array', default: 'any', items: { type: 'string', enum: [...names, 'any'] } },
        },
        async permit({ ctx, values }) {
          return async () => {
            const page = pageAsked(values)
            const wanted = values.list('subtype')
            const types = rules.types.filter(({ name }) => wanted.includes('any') || wanted.includes(name))
            const { body, total } = await find(types, values.text('search')?.trim() ?? '', page.offset, page.limit)
            return { headers: pageHeaders(site, ctx, ROUTE, total, page), body }
          }
        },
      },
    ],
  }

  /** One type after another, because each may be in a table of its own. */
  async function find(types: readonly TypeModel[], search: string, offset: number, limit: number) {
    const body: object[] = []
    let total = 0
    for (const type of types) {
      const found = await type.list({
        now: rules.now(),
        statuses: ['publish'],
        ...(search !== '' && { search, withoutPassword: true as const }),
        orderBy: search === '' ? 'date' : 'relevance',
        order: 'desc',
        offset: Math.max(0, offset - total),
        limit: Math.max(1, limit - body.length),
      })
      const isFull = body.length >= limit
      if (!isFull) body.push(...(await present(type, found.items)))
      total += found.total
    }
    return { body, total }
  }

  async function present(type: TypeModel, items: readonly Item[]): Promise<object[]> {
    const [numberOf, linkOf] = await Promise.all([
      rules.ids.number(items.map(({ id }) => ({ kind: 'item' as const, id }))),
      itemLinks(site, type, items, rules.now()),
    ])
    return items.map(item => {
      const id = numberOf('item', item.id)
      const self = [{ embeddable: true, href: restUrl(site, `/wp/v2/${type.restBase}/${id}`) }]
      return { id, title: item.title, url: linkOf(item, id), type: 'post', subtype: type.name, _links: { self } }
    })
  }
}
