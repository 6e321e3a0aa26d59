import { ConnectError } from '../errors.ts'
import type { User } from '../users/user.ts'
import { type Caller, changerOf, refusal } from './caller.ts'
import type { Capabilities } from './capabilities.ts'
import type { Content, Id, Media, MediaDraft, MediaItem, StoredFile } from './content.ts'
import type { ContentHooks } from './events.ts'
import { cleanMarkup } from './markup.ts'
import type { TypeModel } from './model.ts'
import { saveUnderFreeSlug, toSlug } from './slugs.ts'
import { plainText } from './text.ts'

/** The words about a file, which a client may change. */
export type MediaInput = Partial<
  Pick<MediaDraft, 'title' | 'altText' | 'caption' | 'description' | 'slug' | 'parent'>
> & {
  author?: Id
  date?: Date
}

/** A file that the store has, and what was found in its bytes. */
export interface UploadedFile extends StoredFile {
  /** As the client called it. */
  name: string
  mimeType: string
  size: number
  width: number | null
  height: number | null
}

interface MediaRulesParts {
  content: Content
  types: readonly TypeModel[]
  capabilities: Capabilities
  hooks: ContentHooks
  now: () => Date
}

const STATUSES = ['publish', 'future', 'draft', 'pending', 'private', 'trash'] as const

type Permitted<T> = () => Promise<T>

export type MediaRules = ReturnType<typeof createMediaRules>

/** WordPress's rules for images and other files, for every protocol. */
export function createMediaRules({ content, types, capabilities, hooks, now }: MediaRulesParts) {
  const { can, mayRead, mayEditMedia, mayDeleteMedia } = capabilities
  const media = (): Media => {
    if (!content.media) throw new ConnectError('rest_no_route')
    return content.media
  }

  async function found(id: Id): Promise<MediaItem> {
    const item = await media().find(id)
    if (!item) throw new ConnectError('rest_post_invalid_id')
    return item
  }

  async function cleaned(user: User, input: MediaInput): Promise<MediaInput> {
    const isFree = await can(user, 'unfiltered_html')
    const clean = async (member: 'title' | 'caption' | 'description') => {
      const html = input[member]
      if (html === undefined || isFree) return {}
      return { [member]: await cleanMarkup(html, member === 'title' ? 'text' : 'content') }
    }
    return {
      ...input,
      ...(await clean('title')),
      ...(await clean('caption')),
      ...(await clean('description')),
      ...(input.altText !== undefined && { altText: plainText(input.altText) }),
    }
  }

  const isSlugExists = (error: unknown) => error instanceof ConnectError && error.code === 'slug_exists'

  const takenBy = (exceptId?: Id) => async (slugs: readonly string[]) => {
    const { items } = await media().list({ slugs, orderBy: 'id', order: 'asc', offset: 0, limit: 100 })
    return new Set(items.filter(({ id }) => String(id) !== String(exceptId)).map(({ slug }) => slug))
  }

  async function requireAuthor(caller: Caller, author: Id | undefined, before: Id | null | undefined): Promise<void> {
    if (author === undefined || String(author) === String(before ?? caller.user?.id)) return
    if (!(await can(caller.user, 'edit_others_posts'))) throw refusal(caller, 'rest_cannot_edit_others')
  }

  /** A file of an item is as public as the item. */
  async function readable(caller: Caller, items: readonly MediaItem[]): Promise<MediaItem[]> {
    const parents = [...new Set(items.flatMap(({ parent }) => (parent === null ? [] : [parent])))]
    const hidden = new Set<string>()
    if (parents.length > 0) {
      for (const type of types) {
        const query = { now: now(), statuses: STATUSES, include: parents, orderBy: 'id', order: 'asc' } as const
        const { items: found } = await type.list({ ...query, offset: 0, limit: parents.length })
        for (const item of found) if (!(await mayRead(caller.user, type, item, now()))) hidden.add(String(item.id))
      }
    }
    const isOwn = ({ author }: MediaItem) => caller.user !== null && String(caller.user.id) === String(author)
    return items.filter(item => item.parent === null || !hidden.has(String(item.parent)) || isOwn(item))
  }

  return {
    readable,

    /** @throws ConnectError `rest_post_invalid_id`, `rest_forbidden` */
    async read(caller: Caller, id: Id): Promise<MediaItem> {
      const item = await found(id)
      if ((await readable(caller, [item])).length === 0) throw refusal(caller, 'rest_forbidden')
      return item
    },

    /**
     * Checks that the caller may upload, before a byte is read.
     *
     * @returns a function that saves the row of an uploaded file. If that fails, it removes the file
     */
    async create(caller: Caller): Promise<(file: UploadedFile, input: MediaInput) => Promise<MediaItem>> {
      const { create, store } = media()
      if (!create || !store) throw new ConnectError('rest_no_route')
      if (!(await can(caller.user, 'upload_files'))) throw refusal(caller, 'rest_cannot_create')
      return async (file, input) => {
        try {
          await requireAuthor(caller, input.author, null)
          return await save(file, input)
        } catch (error) {
          await store.remove(file.key).catch(() => {})
          throw error
        }
      }

      async function save({ name, ...file }: UploadedFile, input: MediaInput): Promise<MediaItem> {
        const by = changerOf(caller)
        const clean = await cleaned(by.user, { ...input, title: input.title || name.replace(/\.[^.]*$/, '') })
        const title = clean.title || 'file'
        const draft = {
          altText: '',
          caption: '',
          description: '',
          parent: null,
          ...clean,
          title,
          author: clean.author ?? by.user.id,
          date: clean.date ?? wholeSecond(now()),
          ...file,
        }
        const item = await saveUnderFreeSlug(
          toSlug(clean.slug || title) || 'file',
          takenBy(),
          isSlugExists,
          slug => create?.({ ...draft, slug }, by) as Promise<MediaItem>,
        )
        hooks.emit('content-created', { ...by, kind: 'media', media: item })
        return item
      }
    },

    async update(caller: Caller, id: Id, input: MediaInput): Promise<Permitted<MediaItem>> {
      const { update } = media()
      if (!update) throw new ConnectError('rest_no_route')
      const item = await found(id)
      if (!(await mayEditMedia(caller.user, item))) throw refusal(caller, 'rest_cannot_edit')
      await requireAuthor(caller, input.author, item.author)
      return async () => {
        const by = changerOf(caller)
        const { slug: wanted, ...changes } = await cleaned(by.user, input)
        const write = async (slug: string | undefined) => {
          const saved = await update(id, slug === undefined ? changes : { ...changes, slug }, by)
          if (!saved) throw new ConnectError('rest_post_invalid_id')
          return saved
        }
        const slug = wanted ? toSlug(wanted) : ''
        const saved = await (slug === '' ? write(undefined) : saveUnderFreeSlug(slug, takenBy(id), isSlugExists, write))
        hooks.emit('content-updated', { ...by, kind: 'media', media: saved })
        return saved
      }
    },

    /** Deletes the row, and then the file: the other way round, a failure would leave a row without its file. */
    async delete(caller: Caller, id: Id): Promise<Permitted<MediaItem>> {
      if (!media().delete) throw new ConnectError('rest_no_route')
      const item = await found(id)
      if (!(await mayDeleteMedia(caller.user, item))) throw refusal(caller, 'rest_cannot_delete')
      return async () => {
        const by = changerOf(caller)
        await media().delete?.(id, by)
        await media().store?.remove(item.key)
        hooks.emit('content-deleted', { ...by, kind: 'media', media: item })
        return item
      }
    },
  }
}

const wholeSecond = (date: Date) => new Date(Math.floor(date.getTime() / 1000) * 1000)
