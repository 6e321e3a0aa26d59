import type { Id, ItemOrder, MediaItem, MediaQuery } from '../content/content.ts'
import type { ContentRules } from '../content/content-rules.ts'
import type { MediaInput } from '../content/media-rules.ts'
import { ConnectError } from '../errors.ts'
import { readQueryParameters } from '../http/query.ts'
import { type ArgumentSchema, type Arguments, CONTEXT, checkArguments, type Values } from '../rest/arguments.ts'
import type { Endpoint, RestRequest, RestRoute } from '../rest/route.ts'
import { restUrl } from '../rest/url.ts'
import type { Site } from '../site.ts'
import { ID, IDS, PAGING, pageAsked, pageHeaders } from './paging.ts'
import { idsIn } from './post-query.ts'
import { MAX_POST } from './post-routes.ts'
import { presentMedia } from './present-media.ts'
import { dateOf, defined, limitOf, rawText } from './read-values.ts'
import { receiveUpload } from './uploads/receive-upload.ts'

const BASE = '/wp/v2/media'
const MAX_BYTES = 64 * 1024 * 1024
const DATE: ArgumentSchema = { type: 'string', format: 'date-time' }
const TEXT: ArgumentSchema = { type: ['string', 'object'], properties: { raw: { type: 'string' } } }

const listArguments: Arguments = {
  context: CONTEXT,
  ...PAGING,
  after: DATE,
  modified_after: DATE,
  author: { ...IDS, default: [] },
  author_exclude: { ...IDS, default: [] },
  before: DATE,
  modified_before: DATE,
  order: { type: 'string', default: 'desc', enum: ['asc', 'desc'] },
  orderby: {
    type: 'string',
    default: 'date',
    enum: ['author', 'date', 'id', 'include', 'modified', 'parent', 'relevance', 'slug', 'include_slugs', 'title'],
  },
  parent: { ...IDS, default: [] },
  parent_exclude: { ...IDS, default: [] },
  slug: { type: 'array', items: { type: 'string' } },
  status: { type: 'array', default: 'inherit', items: { type: 'string', enum: ['inherit', 'private', 'trash'] } },
  media_type: { type: 'string', enum: ['image', 'video', 'text', 'application', 'audio'] },
  mime_type: { type: 'string' },
}

const writeArguments: Arguments = {
  date: { type: ['string', 'null'], format: 'date-time' },
  date_gmt: { type: ['string', 'null'], format: 'date-time' },
  slug: { type: 'string' },
  title: TEXT,
  author: ID,
  alt_text: { type: 'string' },
  caption: TEXT,
  description: TEXT,
  post: ID,
  meta: { type: 'object' },
}

/** The routes of uploaded files. */
export function mediaRoutes(site: Site, rules: ContentRules): RestRoute[] {
  const { media } = rules.content
  if (!media) return []
  const callerOf = ({ auth }: RestRequest) => rules.callerOf(auth, 'media')
  const contextOf = ({ values }: RestRequest) => values.text('context') ?? 'view'

  async function idOf({ path }: RestRequest): Promise<Id> {
    const number = Number(path.id)
    const id = (await rules.ids.find('media', [number])).get(number)
    if (id === undefined) throw new ConnectError('rest_post_invalid_id')
    return id
  }

  async function presentOne(item: MediaItem, context = 'edit'): Promise<object> {
    const [body = {}] = await presentMedia(site, rules, [item], context)
    return body
  }

  async function requireEditing(request: RestRequest, may: () => Promise<boolean>): Promise<void> {
    if (contextOf(request) !== 'edit' || (await may())) return
    const caller = callerOf(request)
    throw caller.problem ?? new ConnectError('rest_forbidden_context', { status: caller.user ? 403 : 401 })
  }

  async function inputOf(values: Values): Promise<MediaInput> {
    const { timezone } = await rules.settings()
    const [author, post] = [values.number('author'), values.number('post')]
    return defined({
      title: rawText(values, 'title'),
      altText: values.text('alt_text'),
      caption: rawText(values, 'caption'),
      description: rawText(values, 'description'),
      slug: values.text('slug'),
      date: dateOf(values, 'date', timezone) ?? dateOf(values, 'date_gmt', 'UTC') ?? undefined,
      author: author === undefined ? undefined : await known('user', author, 'rest_invalid_author'),
      parent: post === undefined ? undefined : post === 0 ? null : await known('item', post, 'rest_post_invalid_id'),
    }) as MediaInput
  }

  async function known(kind: 'user' | 'item', number: number, code: 'rest_invalid_author' | 'rest_post_invalid_id') {
    const id = (await rules.ids.find(kind, [number])).get(number)
    if (id === undefined) throw new ConnectError(code)
    return id
  }

  const list: Endpoint = {
    methods: ['GET'],
    args: listArguments,
    async permit(request) {
      const caller = callerOf(request)
      await requireEditing(request, () => rules.capabilities.can(caller.user, 'upload_files'))
      return async () => {
        const { ctx, values } = request
        const { timezone } = await rules.settings()
        const page = pageAsked(values)
        const { items, total } = await media.list(await readQuery(rules, values, timezone))
        if (page.number > 1 && items.length === 0 && page.offset >= total)
          throw new ConnectError('rest_post_invalid_page_number')
        const readable = await rules.media.readable(caller, items)
        const body = await presentMedia(site, rules, readable, contextOf(request))
        return { headers: pageHeaders(site, ctx, BASE, total, page), body }
      }
    },
  }

  const upload: Endpoint = {
    methods: ['POST'],
    args: {},
    readsBody: true,
    async permit(request) {
      const save = await rules.media.create(callerOf(request))
      return async () => {
        const { ctx } = request
        const { store, maxBytes = MAX_BYTES } = media
        if (!store) throw new ConnectError('rest_no_route')
        const { file, fields } = await receiveUpload(ctx, { store, maxBytes })
        const input = await checked(fields, ctx, file.key)
        const item = await save(file, input)
        const numberOf = await rules.ids.number([{ kind: 'media', id: item.id }])
        const headers = { Location: restUrl(site, `${BASE}/${numberOf('media', item.id)}`) }
        return { status: 201, headers, body: await presentOne(item) }
      }
    },
  }

  /** Checks what was sent with a file. If it is wrong, the file does not stay. */
  async function checked(fields: ReadonlyMap<string, unknown>, ctx: RestRequest['ctx'], key: string) {
    try {
      return await inputOf(checkArguments(writeArguments, new Map([...readQueryParameters(ctx), ...fields])))
    } catch (error) {
      await media?.store?.remove(key)
      throw error
    }
  }

  const read: Endpoint = {
    methods: ['GET'],
    args: { context: CONTEXT },
    async permit(request) {
      const item = await rules.media.read(callerOf(request), await idOf(request))
      await requireEditing(request, () => rules.capabilities.mayEditMedia(callerOf(request).user, item))
      return async () => ({ body: await presentOne(item, contextOf(request)) })
    },
  }

  const update: Endpoint = {
    methods: ['POST', 'PUT', 'PATCH'],
    args: writeArguments,
    async permit(request) {
      const save = await rules.media.update(callerOf(request), await idOf(request), await inputOf(request.values))
      return async () => ({ body: await presentOne(await save()) })
    },
  }

  const remove: Endpoint = {
    methods: ['DELETE'],
    args: { force: { type: 'boolean', default: false } },
    async permit(request) {
      const removeForGood = await rules.media.delete(callerOf(request), await idOf(request))
      return async () => {
        if (!request.values.boolean('force')) throw new ConnectError('rest_trash_not_supported')
        const previous = await presentOne(await removeForGood())
        return { body: { deleted: true, previous } }
      }
    },
  }

  const schema = {
    $schema: 'http://json-schema.org/draft-04/schema#',
    title: 'attachment',
    type: 'object',
    properties: {},
  }
  return [
    { route: BASE, endpoints: [list, ...(media.create && media.store ? [upload] : [])], schema },
    {
      route: `${BASE}/(?P<id>[\\d]+)`,
      endpoints: [read, ...(media.update ? [update] : []), ...(media.delete ? [remove] : [])],
      maxBody: MAX_POST,
      schema,
    },
  ]
}

async function readQuery({ ids }: ContentRules, values: Values, timeZone: string): Promise<MediaQuery> {
  const { offset, limit } = pageAsked(values)
  const [include, exclude, authors, notAuthors, parents, notParents] = await Promise.all([
    idsIn(ids, 'media', values, 'include'),
    idsIn(ids, 'media', values, 'exclude'),
    idsIn(ids, 'user', values, 'author'),
    idsIn(ids, 'user', values, 'author_exclude'),
    idsIn(ids, 'item', values, 'parent'),
    idsIn(ids, 'item', values, 'parent_exclude'),
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
      after: limitOf(values, 'after', timeZone),
      before: limitOf(values, 'before', timeZone),
      modifiedAfter: limitOf(values, 'modified_after', timeZone),
      modifiedBefore: limitOf(values, 'modified_before', timeZone),
      mediaType: values.text('media_type'),
      mimeType: values.text('mime_type'),
      search: search === '' ? undefined : search,
      slugs: slugs.length > 0 ? slugs : undefined,
    }),
    orderBy: (values.text('orderby') ?? 'date') as ItemOrder,
    order: values.text('order') === 'asc' ? 'asc' : 'desc',
    offset,
    limit,
  }
}
