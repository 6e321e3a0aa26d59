import type { Context, Middleware } from 'koa'
import type { Connect } from '../connect/connect-types.ts'
import type { Content, Item } from '../content/content.ts'
import { beginningOf, paragraphs, plainText } from '../content/text.ts'
import type { Theme } from '../pages/theme.ts'
import type { Site } from '../site.ts'
import { rssFeed } from './rss.ts'

/** As many as WordPress shows. */
const LATEST = 10

/** Markup of people who write is shown, and nothing in it runs. */
export const CONTENT_POLICY = [
  "default-src 'none'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' https: http: data:",
  "media-src 'self' https: http:",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ')

interface ContentPagesParts {
  connect: Connect
  site: Site
  theme: Theme
}

/** What a page shows of an item. */
export interface ShownItem {
  title: string
  link: string
  /** Unix seconds. */
  published: number
  excerpt: string
}

/**
 * The pages of what is published: each post and page at its link, and the feed. This is no route, because a route for every
 * path would answer other methods with 405.
 */
export function contentPages({ connect, site, theme }: ContentPagesParts): Middleware {
  const { content } = connect

  return async (ctx, next) => {
    if (!content || (ctx.method !== 'GET' && ctx.method !== 'HEAD')) return next()
    if (/^\/feed\/?$/.test(ctx.path)) return showFeed(ctx, content)
    const item = await itemAt(content, ctx.path)
    if (!item) return next()
    showItem(ctx, item)
  }

  async function showFeed(ctx: Context, from: Content): Promise<void> {
    const items = await latestItems(from)
    ctx.set({ 'Content-Type': 'application/rss+xml; charset=UTF-8', 'X-Content-Type-Options': 'nosniff' })
    ctx.body = rssFeed(
      site,
      items.map(item => ({ item, link: linkOf(site, item), html: htmlOf(item) })),
    )
  }

  function showItem(ctx: Context, item: Item): void {
    ctx.append('Link', connect.discoveryLink)
    ctx.set({ 'Content-Security-Policy': CONTENT_POLICY, 'X-Content-Type-Options': 'nosniff' })
    const isProtected = (item.password ?? '') !== ''
    const { html, language } = theme.render(ctx, 'post', {
      post: shownItem(site, item),
      html: isProtected ? '' : htmlOf(item),
      isProtected,
    })
    ctx.set('Content-Language', language)
    ctx.vary('Accept-Language')
    ctx.type = 'html'
    ctx.body = html
  }
}

/** Returns the posts that were published last. */
export async function latestPosts(content: Content | null, site: Site): Promise<ShownItem[]> {
  return content ? (await latestItems(content)).map(item => shownItem(site, item)) : []
}

async function latestItems({ types: { post } }: Content): Promise<readonly Item[]> {
  if (!post) return []
  const query = {
    now: new Date(),
    statuses: ['publish'],
    orderBy: 'date',
    order: 'desc',
    offset: 0,
    limit: LATEST,
  } as const
  return (await post.list(query)).items
}

/** Finds what is published at a path: `/hello-world/`, or a page below another. */
async function itemAt({ types: { post, page } }: Content, path: string): Promise<Item | null> {
  const slugs = path
    .split('/')
    .filter(part => part !== '')
    .map(decode)
  const last = slugs.at(-1)
  if (last === undefined || slugs.length > 20) return null
  const common = {
    now: new Date(),
    statuses: ['publish'],
    slugs: [last],
    orderBy: 'id',
    order: 'asc',
    offset: 0,
  } as const
  if (post && slugs.length === 1) {
    const { items } = await post.list({ ...common, limit: 1 })
    if (items[0]) return items[0]
  }
  if (!page) return null
  const { items } = await page.list({ ...common, limit: 100 })
  for (const item of items) if ((await pathOf(item)) === slugs.join('/')) return item
  return null

  async function pathOf(item: Item): Promise<string> {
    const parts = [item.slug]
    for (let above = item.parent; above && parts.length <= 20; ) {
      const parent: Item | null = (await page?.find(above)) ?? null
      if (!parent) break
      parts.unshift(parent.slug)
      above = parent.parent
    }
    return parts.join('/')
  }
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

const htmlOf = (item: Item): string => paragraphs(item.contentHtml ?? item.content)

const linkOf = (site: Site, { slug }: Item): string => `${site.url}/${encodeURIComponent(slug)}/`

const shownItem = (site: Site, item: Item): ShownItem => ({
  title: plainText(item.title) || item.slug,
  link: linkOf(site, item),
  published: Math.floor((item.date ?? item.modified).getTime() / 1000),
  excerpt:
    (item.password ?? '') === '' ? plainText(item.excerpt || beginningOf(htmlOf(item)).replace('[&hellip;]', '…')) : '',
})
