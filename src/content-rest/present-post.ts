import type { Id, Item } from '../content/content.ts'
import type { ContentRules } from '../content/content-rules.ts'
import { localDate, utcDate } from '../content/dates.ts'
import type { NumberOf } from '../content/ids.ts'
import type { TypeModel } from '../content/model.ts'
import { statusOf } from '../content/post-rules.ts'
import { toSlug } from '../content/slugs.ts'
import { beginningOf, paragraphs } from '../content/text.ts'
import { restUrl } from '../rest/url.ts'
import type { Site } from '../site.ts'
import { itemLinks, plainQuery, type Refs } from './links.ts'

/** Passes HTML through the host's filter. */
export type RenderContent = (html: string, item: Item, type: string) => string | Promise<string>

export interface PresentPostParts {
  site: Site
  rules: ContentRules
  render: RenderContent
}

export interface Viewing {
  context: string
  /** Whether the caller knows an item's password, or may edit it. */
  isOpen(item: Item): boolean
}

/** The ids that a response about these items has. */
const refsOf = (items: readonly Item[]): Refs =>
  items.flatMap(item => [
    { kind: 'item' as const, id: item.id },
    ...present('item', item.parent),
    ...present('media', item.featuredMedia),
    ...present('user', item.author),
    ...Object.values(item.terms ?? {}).flatMap(ids => ids.map(id => ({ kind: 'term' as const, id }))),
  ])

const present = <K extends string>(kind: K, id: Id | null | undefined) =>
  id === null || id === undefined ? [] : [{ kind, id }]

/** Returns items in WordPress's form. */
export async function presentPosts(
  { site, rules, render }: PresentPostParts,
  type: TypeModel,
  items: readonly Item[],
  { context, isOpen }: Viewing,
): Promise<object[]> {
  const now = rules.now()
  const [numberOf, linkOf, { timezone }] = await Promise.all([
    rules.ids.number(refsOf(items)),
    itemLinks(site, type, items, now),
    rules.settings(),
  ])

  return Promise.all(items.map(presentOne))

  async function presentOne(item: Item): Promise<object> {
    const id = numberOf('item', item.id)
    const isEdit = context === 'edit'
    const isEmbed = context === 'embed'
    const password = item.password ?? ''
    const isHidden = password !== '' && !isOpen(item)
    const html = isHidden ? '' : await render(paragraphs(item.contentHtml ?? item.content), item, type.name)
    const status = statusOf(item, now)
    // The date of a draft is when it was last saved, until somebody sets one.
    const date = item.date ?? item.modified
    return {
      id,
      date: localDate(date, timezone),
      ...(!isEmbed && {
        date_gmt: utcDate(date),
        guid: both(isEdit, `${site.url}/${plainQuery(type, id)}`),
        modified: localDate(item.modified, timezone),
        modified_gmt: utcDate(item.modified),
      }),
      ...(isEdit && { password }),
      slug: item.slug,
      ...(!isEmbed && { status }),
      type: type.name,
      link: linkOf(item, id),
      title: both(isEdit, item.title),
      ...(!isEmbed && {
        content: {
          ...both(isEdit, item.content, html),
          protected: password !== '',
          ...(isEdit && { block_version: item.content.includes('<!-- wp:') ? 1 : 0 }),
        },
      }),
      excerpt: {
        ...both(isEdit, item.excerpt ?? '', isHidden ? '' : excerptOf(item, html)),
        protected: password !== '',
      },
      author: item.author === null ? 0 : numberOf('user', item.author),
      featured_media: item.featuredMedia ? numberOf('media', item.featuredMedia) : 0,
      ...(!isEmbed && {
        ...(type.hierarchical && {
          parent: item.parent ? numberOf('item', item.parent) : 0,
          menu_order: item.menuOrder ?? 0,
        }),
        comment_status: item.commentStatus ?? 'closed',
        ping_status: item.pingStatus ?? 'closed',
        ...(type.name !== 'page' && { sticky: item.sticky ?? false }),
        template: item.template ?? '',
        ...(!type.hierarchical && { format: item.format ?? 'standard' }),
        meta: [],
        ...termsOf(type, item, numberOf),
        class_list: [`post-${id}`, type.name, `type-${type.name}`, `status-${status}`, 'hentry'],
      }),
      ...(isEdit && {
        permalink_template: `${site.url}/%${type.hierarchical ? 'pagename' : 'postname'}%/`,
        generated_slug: item.slug || toSlug(item.title),
      }),
      _links: linksOf(site, type, item, id, numberOf),
    }
  }
}

const both = (isEdit: boolean, raw: string, rendered = raw) => ({ ...(isEdit && { raw }), rendered })

/** What was written, or the beginning of the content. */
function excerptOf(item: Item, html: string): string {
  if (item.excerpt) return paragraphs(item.excerpt)
  const beginning = beginningOf(html)
  return beginning === '' ? '' : `<p>${beginning}</p>\n`
}

const termsOf = (type: TypeModel, item: Item, numberOf: NumberOf) =>
  Object.fromEntries(
    type.taxonomyModels.map(({ name, restBase }) => [
      restBase,
      (item.terms?.[name] ?? []).map(id => numberOf('term', id)),
    ]),
  )

function linksOf(site: Site, type: TypeModel, item: Item, id: number, numberOf: NumberOf): object {
  const href = (route: string) => restUrl(site, `/wp/v2${route}`)
  const embeddable = (route: string, more: object = {}) => [{ ...more, embeddable: true, href: href(route) }]
  return {
    self: [{ href: href(`/${type.restBase}/${id}`) }],
    collection: [{ href: href(`/${type.restBase}`) }],
    about: [{ href: href(`/types/${type.name}`) }],
    ...(item.author !== null && { author: embeddable(`/users/${numberOf('user', item.author)}`) }),
    ...(item.parent && { up: embeddable(`/${type.restBase}/${numberOf('item', item.parent)}`) }),
    ...(item.featuredMedia && {
      'wp:featuredmedia': embeddable(`/media/${numberOf('media', item.featuredMedia)}`),
    }),
    'wp:attachment': [{ href: href(`/media?parent=${id}`) }],
    ...(type.taxonomyModels.length > 0 && {
      'wp:term': type.taxonomyModels.flatMap(({ name, restBase }) =>
        embeddable(`/${restBase}?post=${id}`, { taxonomy: name }),
      ),
    }),
    curies: [{ name: 'wp', href: 'https://api.w.org/{rel}', templated: true }],
  }
}
