import type { MediaItem } from '../content/content.ts'
import type { ContentRules } from '../content/content-rules.ts'
import { localDate, utcDate } from '../content/dates.ts'
import { toSlug } from '../content/slugs.ts'
import { paragraphs } from '../content/text.ts'
import { restUrl } from '../rest/url.ts'
import type { Site } from '../site.ts'
import { fileUrl } from './links.ts'

/** Returns files in WordPress's form, in which each is an item of the type `attachment`. */
export async function presentMedia(
  site: Site,
  rules: ContentRules,
  items: readonly MediaItem[],
  context: string,
): Promise<object[]> {
  const refs = items.flatMap(({ id, author, parent }) => [
    { kind: 'media' as const, id },
    ...(author === null ? [] : [{ kind: 'user' as const, id: author }]),
    ...(parent === null ? [] : [{ kind: 'item' as const, id: parent }]),
  ])
  const [numberOf, { timezone }] = await Promise.all([rules.ids.number(refs), rules.settings()])
  const isEdit = context === 'edit'
  const isEmbed = context === 'embed'
  const href = (route: string) => restUrl(site, `/wp/v2${route}`)
  const both = (raw: string, rendered = raw) => ({ ...(isEdit && { raw }), rendered })

  return items.map(item => {
    const id = numberOf('media', item.id)
    const url = fileUrl(site, item)
    return {
      id,
      date: localDate(item.date, timezone),
      ...(!isEmbed && {
        date_gmt: utcDate(item.date),
        guid: both(url),
        modified: localDate(item.modified, timezone),
        modified_gmt: utcDate(item.modified),
      }),
      slug: item.slug,
      ...(!isEmbed && { status: 'inherit' }),
      type: 'attachment',
      link: `${site.url}/${encodeURIComponent(item.slug)}/`,
      title: both(item.title),
      author: item.author === null ? 0 : numberOf('user', item.author),
      featured_media: 0,
      ...(!isEmbed && {
        comment_status: 'closed',
        ping_status: 'closed',
        template: '',
        meta: [],
        class_list: [`post-${id}`, 'attachment', 'type-attachment', 'status-inherit', 'hentry'],
        description: both(item.description, paragraphs(item.description)),
      }),
      caption: both(item.caption, paragraphs(item.caption)),
      alt_text: item.altText,
      media_type: item.mimeType.startsWith('image/') ? 'image' : 'file',
      mime_type: item.mimeType,
      media_details: detailsOf(item, url),
      ...(!isEmbed && { post: item.parent === null ? null : numberOf('item', item.parent) }),
      source_url: url,
      ...(isEdit && {
        permalink_template: `${site.url}/%postname%/`,
        generated_slug: item.slug || toSlug(item.title),
        missing_image_sizes: [],
      }),
      _links: {
        self: [{ href: href(`/media/${id}`) }],
        collection: [{ href: href('/media') }],
        about: [{ href: href('/types/attachment') }],
        ...(item.author !== null && {
          author: [{ embeddable: true, href: href(`/users/${numberOf('user', item.author)}`) }],
        }),
      },
    }
  })
}

/** There is one size of an image: the one that was uploaded. */
function detailsOf({ key, size, width, height, mimeType }: MediaItem, url: string): object {
  if (width === null || height === null) return { filesize: size, sizes: {} }
  const full = { file: key.split('/').at(-1), width, height, mime_type: mimeType, source_url: url }
  return { width, height, file: key, filesize: size, sizes: { full } }
}
