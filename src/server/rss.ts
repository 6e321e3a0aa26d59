import type { Item } from '../content/content.ts'
import { plainText } from '../content/text.ts'
import type { Site } from '../site.ts'

interface Entry {
  item: Item
  link: string
  html: string
}

/** Returns the feed of the latest posts, as RSS 2.0. */
export function rssFeed(site: Site, entries: readonly Entry[]): string {
  const items = entries.map(({ item, link, html }) => {
    const isProtected = (item.password ?? '') !== ''
    return `
    <item>
      <title>${escapeXml(plainText(item.title))}</title>
      <link>${escapeXml(link)}</link>
      <guid isPermaLink="true">${escapeXml(link)}</guid>
      <pubDate>${(item.date ?? item.modified).toUTCString()}</pubDate>
      <description>${escapeXml(isProtected ? '' : item.excerpt || html)}</description>
    </item>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom">
  <channel>
    <title>${escapeXml(site.name)}</title>
    <link>${escapeXml(site.url)}</link>
    <description>${escapeXml(site.description)}</description>
    <atom:link href="${escapeXml(`${site.url}/feed/`)}" rel="self" type="application/rss+xml"/>${items.join('')}
  </channel>
</rss>
`
}

/** XML has no control characters, not even as references. */
const escapeXml = (text: string): string =>
  text
    .toWellFormed()
    .replace(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
